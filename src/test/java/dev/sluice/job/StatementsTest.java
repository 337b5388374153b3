package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How often the engine asks the database, by JPA and by JDBC. A small export is little more than that. */
@IntegrationTest
class StatementsTest {
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String text = event.getFormattedMessage();
            if (event.getLoggerName().startsWith("org.hibernate") || text.contains("[")) {
                statements.add(text.strip());
            }
        }
    };
    private final Practice practice = new Practice();
    private String database;
    private EngineProcess process;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        // The process looks for steps when it starts, and then only when it is told of one.
        process = EngineProcess.start(database, practice, "sluice.export.workers=1", "sluice.poll-interval=1h");
        appender.start();
        loggers().forEach(logger -> {
            logger.setLevel(Level.DEBUG);
            logger.setAdditive(false);
            logger.addAppender(appender);
        });
    }

    @AfterEach
    void stop() {
        loggers().forEach(logger -> {
            logger.setLevel(null);
            logger.setAdditive(true);
            logger.detachAppender(appender);
        });
        process.close();
        TestDatabase.drop(database);
    }

    private static Stream<Logger> loggers() {
        return Stream.of("org.springframework.jdbc.core.JdbcTemplate", "org.hibernate.SQL")
                .map(name -> (Logger) LoggerFactory.getLogger(name));
    }

    @Test
    void aJobOfOneUnitTakesTenStatementsAndALookForEachStep() {
        UUID id = process.submit(1);
        awaitStatement("status = 'COMPLETED', ending");

        assertThat(statements.stream().filter(text -> !isLook(text))).hasSize(10); // two of them count the open jobs
        assertThat(statements.stream().filter(StatementsTest::isLook)).hasSizeBetween(3, 5);

        await().until(() -> process.count("select count(*) from job where status = 'COMPLETED'") == 1); // it commits
        statements.clear();
        assertThat(process.find(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(statements.stream().filter(text -> !isLook(text))).hasSize(1);

        statements.clear();
        process.jobs().discard(Practice.KIND, id.toString(), "");
        awaitStatement("delete from job");
        assertThat(statements.stream().filter(text -> !isLook(text))).hasSize(2);
    }

    @Test
    void theUnitsOfAPlanAreRecordedByOneStatement() {
        process.submit(3);
        awaitStatement("status = 'COMPLETED', ending");

        assertThat(statements.stream().filter(text -> text.contains("insert into work_unit")))
                .hasSize(1);
    }

    private static boolean isLook(String statement) {
        return statement.contains("with planning as");
    }

    private void awaitStatement(String part) {
        await().until(() -> statements.stream().anyMatch(text -> !isLook(text) && text.contains(part)));
    }
}
