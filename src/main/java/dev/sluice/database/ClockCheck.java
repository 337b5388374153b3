package dev.sluice.database;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares the clock of this machine with that of the database. */
@Examines(value = Topic.CLOCK, needsDatabase = true)
final class ClockCheck implements Check {
    private static final Duration TOLERATED = Duration.ofSeconds(1);
    private static final int READINGS = 3;

    private final JdbcClient jdbc;
    private final Clock clock;

    ClockCheck(JdbcClient jdbc, @Qualifier("systemClock") Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public List<Finding> run() {
        Duration ahead = Stream.generate(this::read)
                .limit(READINGS)
                .min(Comparator.comparing(Duration::abs))
                .orElse(Duration.ZERO);
        if (ahead.abs().compareTo(TOLERATED) <= 0) {
            return List.of(Finding.ok(Topic.CLOCK, "The clocks of this machine and of the database agree."));
        }
        double seconds = Math.round(ahead.abs().toMillis() / 100.0) / 10.0;
        return List.of(Finding.warning(
                Topic.CLOCK,
                "The clock of this machine is " + seconds + " seconds " + (ahead.isNegative() ? "behind" : "ahead of")
                        + " that of the database.",
                "Synchronise both by NTP. Signed URLs, and tokens of OpenID providers, go by the clock of this machine;"
                        + " all else by that of the database."));
    }

    /** How far the clock of this machine is ahead; zero if the database may have answered at any time of the query. */
    private Duration read() {
        Instant asked = clock.instant();
        Instant database = jdbc.sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
        Instant answered = clock.instant();
        if (database.isBefore(asked)) {
            return Duration.between(database, asked);
        }
        return database.isAfter(answered) ? Duration.between(database, answered) : Duration.ZERO;
    }
}
