package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** What is decided when an export is planned is recorded: nothing that comes later derives it again. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class RecordedPlanTest {
    /** How often a statement may run for one export. */
    private static final int STATEMENTS = 60;

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(
                server,
                IntStream.range(0, 50)
                        .mapToObj(n -> of("Patient", "p" + n, "\"gender\":\"female\"")
                                + of("Observation", "o" + n, subject(n) + ",\"code\":{\"coding\":[{\"code\":\"x\"}]}")
                                + of("Condition", "c" + n, subject(n))
                                + of("Encounter", "e" + n, subject(n))
                                + of("Procedure", "r" + n, subject(n))
                                + of("Immunization", "i" + n, subject(n).replace("subject", "patient")))
                        .collect(Collectors.joining()));
        Ward.load(
                server,
                of(
                        "Group",
                        "all",
                        "\"actual\":true,\"type\":\"person\",\"member\":["
                                + IntStream.range(0, 50)
                                        .mapToObj(n -> "{\"entity\":{\"reference\":\"Patient/p" + n + "\"}}")
                                        .collect(Collectors.joining(","))
                                + "]"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String of(String type, String id, String rest) {
        return "{\"resourceType\":\"" + type + "\",\"id\":\"" + id + "\"," + rest + "}\n";
    }

    private static String subject(int patient) {
        return "\"subject\":{\"reference\":\"Patient/p" + patient + "\"}";
    }

    @Test
    void thePlanHoldsTheListOfFewPatientsOnce() {
        String job = finished("/Group/all/$export?_since=2020-01-01");
        String plan = Objects.requireNonNull(server.bean(JdbcTemplate.class)
                .queryForObject(
                        "select plan from job where id = ?::uuid",
                        String.class,
                        job.substring(job.lastIndexOf('/') + 1)));

        assertThat(plan).contains("\"type\":\"Observation\"", "\"type\":\"Condition\"");
        assertThat(plan.split("\"numbers\":\\[(\\d+,){49}", -1)).as(plan).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void theManifestOfAFinishedExportStaysWhenTheIndexChanges() {
        String job = finished("/$export?_type=Observation&_typeFilter=Observation%3Fcode%3Dx");
        String before = server.get(job).body();
        assertThat(before).contains("\"index\":true");
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        jdbc.update("update token_index_version set version = 0");
        try {
            assertThat(server.get(job).body()).isEqualTo(before);
        } finally {
            jdbc.update("update token_index_version set version = 2");
        }
    }

    @Test
    void theManifestOfAFinishedExportStaysWhenItsRequestIsRefusedToday() {
        String job = finished("/$export?_type=Observation&_typeFilter=Observation%3Fcode%3Dx");
        String before = server.get(job).body();
        server.bean(JdbcTemplate.class)
                .update(
                        "update job set payload = replace(payload, 'Observation?code=x', 'Observation?nothing=x')"
                                + " where id = ?::uuid",
                        job.substring(job.lastIndexOf('/') + 1));

        assertThat(server.get(job).statusCode()).isEqualTo(200);
        assertThat(server.get(job).body()).isEqualTo(before);
    }

    @Test
    void aGroupExportLooksUpEachThingOnce() {
        try (Statements statements = new Statements()) {
            client.export("/Group/all/$export?_type=Patient,Observation,Condition,Encounter,Procedure,Immunization");

            List<String> all = statements.seen();
            assertThat(count(all, sql -> sql.contains("pg_inherits")))
                    .as("which types are used, when it is planned and when its rows are counted again")
                    .isEqualTo(2);
            assertThat(count(all, sql -> sql.contains("from cohort where job_id = ?") && sql.startsWith("select")))
                    .as("the numbers and sizes of the cohort")
                    .isLessThanOrEqualTo(2);
            assertThat(count(all, sql -> sql.contains("resource where type = 'Group' and id = ?")))
                    .as("the body of the Group,")
                    .isEqualTo(1);
            assertThat(all).as("all statements: %s", String.join("\n", all)).hasSizeLessThan(STATEMENTS);
        }
    }

    private static long count(List<String> statements, Predicate<String> which) {
        return statements.stream().filter(which).count();
    }

    private String finished(String path) {
        HttpResponse<String> kickOff = client.kickOff(path);
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
        assertThat(client.awaitEnd(job).statusCode()).isEqualTo(200);
        return job;
    }

    /** The statements that this process sends, but those that copy rows. */
    private static final class Statements implements AutoCloseable {
        private final Logger jdbc = (Logger) LoggerFactory.getLogger("org.springframework.jdbc.core.JdbcTemplate");
        private final Logger hibernate = (Logger) LoggerFactory.getLogger("org.hibernate.SQL");
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                event.prepareForDeferredProcessing(); // it knows its thread from now on
                super.append(event);
            }
        };

        Statements() {
            appender.start();
            for (Logger logger : List.of(jdbc, hibernate)) {
                logger.setLevel(Level.DEBUG);
                logger.setAdditive(false);
                logger.addAppender(appender);
            }
        }

        List<String> seen() {
            List<String> statements = new ArrayList<>();
            for (ILoggingEvent event : List.copyOf(appender.list)) {
                String text = event.getFormattedMessage();
                int at = text.indexOf('[');
                if (event.getThreadName().contains("-exec-")) {
                    continue; // polls, as many as the client likes
                }
                if (event.getLoggerName().startsWith("org.hibernate")) {
                    statements.add(text);
                } else if (at > 0) {
                    statements.add(text.substring(at + 1, text.length() - 1));
                }
            }
            return statements;
        }

        @Override
        public void close() {
            for (Logger logger : List.of(jdbc, hibernate)) {
                logger.setLevel(null);
                logger.setAdditive(true);
                logger.detachAppender(appender);
            }
        }
    }
}
