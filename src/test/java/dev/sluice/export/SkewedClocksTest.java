package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/** Two servers on one database whose clocks differ by minutes, and step while exports run. */
@SlowTest
@Tag(FaultTally.TAG)
class SkewedClocksTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final int RESOURCES = 2_000;

    @TempDir
    Path home;

    private String database;
    private SluiceServer one;
    private SluiceServer two;
    private ExportClient client;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        one = server();
        two = server();
        client = new ExportClient(one);
        Ward.load(
                one,
                IntStream.range(0, RESOURCES)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                + "x".repeat(500) + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        TestDatabase.drop(database);
    }

    @Test
    void theClocksOfTheMachinesDoNotMatter() {
        Random random = new Random(7);
        for (int i = 0; i < FaultTally.times(6, 30); i++) {
            Duration apart = Duration.ofMinutes(random.nextInt(600));
            Duration step = Duration.ofMinutes(i % 2 == 0 ? -10 : 10);
            long begun = System.nanoTime();
            String job = client.kickOff((i % 3 == 0 ? one : two).base() + "/$export")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow()
                    .replaceFirst(".*/fhir", one.base().toString());
            for (int steps = 0; one.get(job).statusCode() == 202; steps++) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONG);
                one.bean(Skewed.class).step(step.multipliedBy(steps));
                two.bean(Skewed.class).step(step.multipliedBy(steps).plus(apart));
                FaultTally.of(SkewedClocksTest.class).fault();
            }

            assertWhole(client.download(one.get(job)), begun, LONG);
        }
        assertThat(one.bean(JdbcTemplate.class).queryForObject("select max(attempts) from work_unit", Integer.class))
                .as("nobody was taken for dead")
                .isEqualTo(1);
    }

    /** The database's own clock may step too; what was due then is found by the watchdog. */
    @Test
    void theDatabasesClockMayStepWhileAnExportRuns() {
        JdbcTemplate sql = one.bean(JdbcTemplate.class);
        sql.execute("create table step (minutes int)");
        sql.execute("insert into step values (0)");
        sql.execute("create function public.clock_timestamp() returns timestamptz language sql volatile as"
                + " $$ select pg_catalog.clock_timestamp() + (select minutes from step) * interval '1 min' $$");
        sql.execute("do $$ begin execute 'alter database ' || current_database()"
                + " || ' set search_path = public, pg_catalog'; end $$");
        two.close();
        one.close();
        one = server();
        two = server();
        client = new ExportClient(one);
        for (int minutes : new int[] {45, -30, 0}) {
            long begun = System.nanoTime();
            HttpResponse<String> kickOff = client.kickOff("/$export");
            one.bean(JdbcTemplate.class).update("update step set minutes = " + minutes);
            FaultTally.of(SkewedClocksTest.class).fault();

            assertWhole(client.await(kickOff), begun, Duration.ofSeconds(40));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> Duration.between(now(one), now(two)).abs().compareTo(Duration.ofSeconds(1)) < 0);
        }
    }

    private void assertWhole(Export export, long begun, Duration longest) {
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(longest);
        FaultTally.of(SkewedClocksTest.class)
                .export(
                        IntStream.range(0, RESOURCES)
                                .mapToObj(n -> "Basic/b" + n)
                                .toList(),
                        export.keys());
    }

    private static Instant now(SluiceServer server) {
        return server.bean(Clock.class).instant();
    }

    private SluiceServer server() {
        return SluiceServer.start(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.export.workers=1",
                "--sluice.export.file-size=16KB",
                "--spring.main.allow-bean-definition-overriding=true",
                "--spring.main.sources=" + Skew.class.getName());
    }

    /** A machine's clock that a test sets. */
    static final class Skewed extends Clock {
        private volatile Duration by = Duration.ZERO;

        void step(Duration step) {
            by = step;
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Not annotated, or other tests' servers would find it too. */
    static class Skew {
        @Bean(defaultCandidate = false)
        Skewed systemClock() {
            return new Skewed();
        }
    }
}
