package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The clock that all processes have in common, by a database whose clock a test sets. */
class DatabaseClockTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final long started = System.nanoTime();
    private volatile Instant set = NOON;
    private volatile boolean away;
    private volatile long delayMillis;
    private final DatabaseClock clock = new DatabaseClock(this::database);

    @Test
    void itShowsTheDatabasesTimeAndGoesOn() throws Exception {
        Instant before = clock.instant();
        Thread.sleep(50);

        assertThat(Duration.between(NOON, before).abs()).isLessThan(CLOSE);
        assertThat(Duration.between(before, clock.instant())).isBetween(Duration.ofMillis(50), CLOSE);
    }

    @Test
    void itFollowsTheDatabaseBackwardAndForward() {
        for (Duration step : new Duration[] {Duration.ofHours(-1), Duration.ofMinutes(7)}) {
            set = NOON.plus(step);
            clock.read();

            assertThat(Duration.between(database(), clock.instant()).abs()).isLessThan(CLOSE);
        }
    }

    @Test
    void itGoesOnWhileTheDatabaseIsAway() throws Exception {
        Instant before = clock.instant();
        away = true;
        clock.read();
        Thread.sleep(20);

        assertThat(clock.instant()).isAfter(before);
    }

    @Test
    void aSlowAnswerDoesNotMoveIt() {
        delayMillis = 300;
        long begun = System.nanoTime();
        Instant before = clock.instant();
        long asked = System.nanoTime();
        clock.read();
        Duration took = Duration.ofNanos(System.nanoTime() - asked);

        Instant after = clock.instant();
        Duration most = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(Duration.between(before, after)).isBetween(took, most).isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void itNeverGoesBackwardByItself() {
        Instant last = clock.instant();
        for (int i = 0; i < 10_000; i++) {
            if (i % 100 == 0) {
                clock.read();
            }
            Instant next = clock.instant();
            assertThat(next).isAfterOrEqualTo(last);
            last = next;
        }
    }

    private Instant database() {
        if (away) {
            throw new IllegalStateException("nobody is there");
        }
        Instant answer = set.plusNanos(System.nanoTime() - started);
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }
}
