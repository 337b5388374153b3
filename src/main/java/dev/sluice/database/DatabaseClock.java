package dev.sluice.database;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Gives the time of the database's clock, which is the same for all processes, without a query for each call.
 *
 * <p>Between two readings, five seconds apart, time passes as the monotonic clock of this process does; so it goes on
 * while the database is away. A reading that fits what was expected changes nothing; any other moves the time as little
 * as it must, so it goes backward only if the database's clock does.
 */
final class DatabaseClock implements InstantSource {
    private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);
    private static final Duration STEP = Duration.ofSeconds(1);

    /** A reading of the database's clock, with the monotonic time of this process. */
    private record Reading(long nanos, Instant time) {
        Instant at(long then) {
            return time.plusNanos(then - nanos);
        }
    }

    private final Supplier<Instant> database;
    private volatile Reading reading;

    /** @param database asks the database for its time */
    DatabaseClock(Supplier<Instant> database) {
        this.database = database;
        this.reading = new Reading(System.nanoTime(), database.get());
        read(); // the first answer may have waited for its connection
    }

    @Override
    public Instant instant() {
        return reading.at(System.nanoTime());
    }

    /** Reads the clock of the database. The reading was taken at some time between the query and its result. */
    @Scheduled(initialDelay = 5, fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void read() {
        try {
            long asked = System.nanoTime();
            Instant answer = database.get();
            long answered = System.nanoTime();
            Instant earliest = reading.at(asked);
            Instant latest = reading.at(answered);
            if (answer.isBefore(earliest)) {
                move(new Reading(asked, answer), Duration.between(earliest, answer));
            } else if (answer.isAfter(latest)) {
                move(new Reading(answered, answer), Duration.between(latest, answer));
            }
        } catch (RuntimeException e) {
            log.debug("The database's clock cannot be read; time goes on as before: {}", e.toString());
        }
    }

    private void move(Reading next, Duration by) {
        reading = next;
        if (by.abs().compareTo(STEP) > 0) {
            log.warn("The database's clock was set by {}; this process follows it.", by);
        }
    }
}
