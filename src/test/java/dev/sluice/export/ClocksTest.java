package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Clocks that step, and time zones that differ. */
@SlowTest
@Tag(FaultTally.TAG)
class ClocksTest {
    private static final int WRITERS = 3;
    private static final int FURTHEST_MILLIS = 3_600_000;

    /** Clocks go forward in Los Angeles at 10:00 UTC, and back at 09:00 UTC, so that one hour comes twice. */
    private static final List<Instant> CHANGES =
            List.of(Instant.parse("2026-03-08T10:00:00Z"), Instant.parse("2026-11-01T09:00:00Z"));

    private static final int AROUND = 8;
    private static final Duration STEP = Duration.ofMinutes(15);

    @TempDir
    private Path home;

    @Test
    void aClockThatStepsBackAndForwardBreaksNoChain() throws Exception {
        try (SluiceServer server = SluiceServer.start("--sluice.export.file-size=2KB")) {
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            jdbc.execute("create table clock (ahead bigint not null)");
            jdbc.execute("insert into clock values (0)");
            jdbc.execute("create or replace function clock_millis() returns bigint language sql volatile as 'select"
                    + " floor(extract(epoch from clock_timestamp()) * 1000)::bigint + (select ahead from clock)'");
            Mirror mirror = new Mirror(server);
            Random random = new Random(7);
            try (BusyWriters writers = new BusyWriters(server, WRITERS, 13)) {
                for (int round = 0; round < FaultTally.times(15, 80); round++) {
                    jdbc.update("update clock set ahead = ?", random.nextInt(2 * FURTHEST_MILLIS) - FURTHEST_MILLIS);
                    FaultTally.of(ClocksTest.class).fault();
                    next(server, mirror);
                }
                assertThat(writers.stop()).isGreaterThan(20);
            }
            // A write of a clock that was ahead is in the first export after the clock has come there again.
            jdbc.update("update clock set ahead = ?", FURTHEST_MILLIS);
            next(server, mirror);
            assertThat(mirror.lines())
                    .containsExactlyInAnyOrderElementsOf(jdbc.queryForList(
                            "select body from resource where superseded_at is null and not deleted", String.class));
        }
    }

    private static void next(SluiceServer server, Mirror mirror) {
        Instant before = Instant.parse(mirror.since());
        mirror.apply(new ExportClient(server).export("/$export?_since=" + mirror.since()));

        assertThat(Instant.parse(mirror.since())).isAfterOrEqualTo(before);
        FaultTally.of(ClocksTest.class)
                .export(
                        server.bean(JdbcTemplate.class)
                                .queryForList(
                                        "select body from resource where not deleted and last_updated <= ?::timestamptz"
                                                + " and (superseded_at is null or superseded_at > ?::timestamptz)",
                                        String.class,
                                        mirror.since(),
                                        mirror.since()),
                        mirror.lines());
    }

    @ParameterizedTest
    @MethodSource("zones")
    void aTimeIsTheSameInEveryTimeZone(String databaseZone, String processZone) throws Exception {
        String database = TestDatabase.freshUrl();
        try (SluiceServer onlooker = SluiceServer.start(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.history=10000d",
                "--sluice.role=api")) {
            JdbcTemplate jdbc = onlooker.bean(JdbcTemplate.class);
            String name = jdbc.queryForObject("select current_database()", String.class);
            jdbc.execute("alter database " + name + " set timezone to '" + databaseZone + "'");
            try (SluiceProcess process = SluiceProcess.start(
                    home.resolve("log"),
                    "-Duser.timezone=" + processZone,
                    "--spring.datasource.url=" + database,
                    "--sluice.home=" + home,
                    "--sluice.history=10000d")) {
                load(onlooker, process, jdbc);
                FaultTally.of(ClocksTest.class).fault();
                for (Instant change : CHANGES) {
                    for (int i = -AROUND; i <= AROUND; i += 4) {
                        Instant timestamp = change.plus(STEP.multipliedBy(i));
                        ZoneId zone = ZoneId.of(i % 8 == 0 ? databaseZone : processZone);
                        String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(timestamp.atZone(zone));
                        compare(
                                onlooker,
                                process,
                                "_since=",
                                text,
                                "last_updated > to_timestamp(" + seconds(timestamp) + ")");
                        compare(
                                onlooker,
                                process,
                                "_until=",
                                text,
                                "last_updated <= to_timestamp(" + seconds(timestamp) + ")");
                    }
                }
            } finally {
                TestDatabase.drop(database);
            }
        }
    }

    static Stream<Arguments> zones() {
        return Stream.of(
                        Arguments.of("America/Los_Angeles", "Asia/Kathmandu"),
                        Arguments.of("Asia/Kathmandu", "America/Los_Angeles"),
                        Arguments.of("Pacific/Kiritimati", "Pacific/Pago_Pago"))
                .limit(FaultTally.times(1, 3));
    }

    /** Writes resources, checks that they carry the present, and moves them to around the changes of the clocks. */
    private static void load(SluiceServer onlooker, SluiceProcess process, JdbcTemplate jdbc) {
        int count = CHANGES.size() * (2 * AROUND + 1);
        String lines = IntStream.range(0, count)
                .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\"}\n")
                .collect(Collectors.joining());
        assertThat(onlooker.post(process.base() + "/$import", "application/fhir+ndjson", lines)
                        .statusCode())
                .isEqualTo(200);
        Export now = new ExportClient(onlooker).export(process.base() + "/$export");
        Instant present = Clock.systemUTC().instant();
        assertThat(Instant.parse(now.transactionTime())).isBetween(present.minusSeconds(60), present.plusSeconds(60));
        assertThat(now.all())
                .hasSize(count)
                .allSatisfy(
                        line -> assertThat(Instant.parse(line.replaceFirst(".*\"lastUpdated\":\"([^\"]*)\".*", "$1")))
                                .isBetween(present.minusSeconds(60), present.plusSeconds(60)));
        for (int n = 0; n < count; n++) {
            Instant timestamp = CHANGES.get(n % 2).plus(STEP.multipliedBy(n / 2 - AROUND));
            jdbc.update("update resource set last_updated = to_timestamp(" + seconds(timestamp) + ") where id = 'b" + n
                    + "'");
        }
    }

    private static void compare(
            SluiceServer onlooker, SluiceProcess process, String parameter, String timestamp, String condition) {
        Export export = new ExportClient(onlooker)
                .export(process.base() + "/$export?" + parameter
                        + URLEncoder.encode(timestamp, StandardCharsets.UTF_8));
        FaultTally.of(ClocksTest.class)
                .export(
                        onlooker.bean(JdbcTemplate.class)
                                .queryForList("select body from resource where " + condition, String.class),
                        export.all());
    }

    private static long seconds(Instant timestamp) {
        return timestamp.getEpochSecond();
    }
}
