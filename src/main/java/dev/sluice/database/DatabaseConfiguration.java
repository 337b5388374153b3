package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.files.DiskSpace;
import dev.sluice.files.HomeFolder;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/** Wires the database: the one that {@code spring.datasource.url} names, or the embedded one without it. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** What starts workers starts another one later. */
    private static final Duration WAIT_OF_WORKER = Duration.ofSeconds(15);

    /** Migrations are the first use of the database, so the startup waits for the database here. */
    @Bean
    FlywayMigrationStrategy migrationOnceTheDatabaseAnswers(
            DataSource dataSource,
            ObjectProvider<EmbeddedServer> embedded,
            HomeFolder home,
            ObjectProvider<MigrationPolicy> policy) {
        String otherDatabase = embedded.getIfAvailable() == null
                ? "name it in spring.datasource.url"
                : "delete the folder " + home.postgres().toAbsolutePath()
                        + ", or name another one with --sluice.home=…";
        if (isCheck(policy)) {
            return flyway -> {
                new DatabaseWait(dataSource, WAIT_OF_WORKER, "spring.datasource.url, .username and .password").await();
                new DatabaseRequirements(dataSource).check();
                new SchemaMigration(flyway, otherDatabase).requireRun();
            };
        }
        return flyway -> {
            DataSource migrating = flyway.getConfiguration().getDataSource();
            new DatabaseWait(dataSource, LONGEST_WAIT, "spring.datasource.url, .username and .password").await();
            new DatabaseWait(migrating, LONGEST_WAIT, "spring.flyway.user and .password").await();
            new DatabaseRequirements(dataSource).check();
            ServerRights rights = new ServerRights(dataSource, migrating);
            rights.checkSchema();
            new SchemaMigration(flyway, otherDatabase).run();
            rights.grant(flyway.getConfiguration().getTable());
        };
    }

    private static boolean isCheck(ObjectProvider<MigrationPolicy> policy) {
        return policy.getIfAvailable() == MigrationPolicy.CHECK;
    }

    @Bean
    DatabaseSpace databaseSpace(ObjectProvider<EmbeddedServer> embedded, HomeFolder home) {
        return new DatabaseSpace(embedded.getIfAvailable() == null ? null : new DiskSpace(home.postgres(), null));
    }

    @Bean
    SQLExceptionTranslator sqlExceptionTranslator(DataSource dataSource) {
        return new FailoverExceptionTranslator(dataSource);
    }

    @Bean
    DatabaseClock databaseClock(JdbcTemplate jdbc) {
        return new DatabaseClock(
                () -> Objects.requireNonNull(jdbc.queryForObject("select clock_timestamp()", OffsetDateTime.class))
                        .toInstant());
    }

    /** The clock of everything that is written down or waited for, since other processes read it. */
    @Bean
    Clock clock(DatabaseClock database) {
        return database.withZone(ZoneOffset.UTC);
    }

    /** Without a database URL. Beans are destroyed in reverse order: first the pool closes, then its server. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "spring.datasource.url", matchIfMissing = true, havingValue = "\u0000 never")
    static class Embedded {
        @Bean
        EmbeddedServer embeddedServer(HomeFolder home, ObjectProvider<MigrationPolicy> policy) {
            if (isCheck(policy)) {
                throw new IllegalStateException("A worker needs the database of the servers. Name it in"
                        + " spring.datasource.url, such as jdbc:postgresql://<host>/<database>; the embedded one is for one"
                        + " process.");
            }
            return EmbeddedServer.start(home.postgres());
        }

        @Bean
        @ConfigurationProperties("spring.datasource.hikari")
        DataSource dataSource(EmbeddedServer server) {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(server.url());
            pool.setPassword(server.password());
            return pool;
        }
    }
}
