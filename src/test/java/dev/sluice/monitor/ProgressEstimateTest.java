package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.monitor.ProgressEstimate.Point;
import dev.sluice.monitor.ProgressEstimate.Remaining;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** When a job will end, by the progress that was recorded of it. */
class ProgressEstimateTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final double MOST = 0.2;
    private static final long MB = 1_000_000;
    private static final long UNIT = 64 * MB;

    /** What a job had done each second, what was left of each unit, if there are few, and how many units ran. */
    private record Second(long done, List<Long> open, int running, boolean shared) {}

    @Test
    void anExportOfSteadyRateEndsWhenItIsForetold() {
        assertForetold(export(600, second -> 100));
    }

    @Test
    void aSlowStartIsForgotten() {
        assertForetold(export(300, second -> second < 20 ? 30 : 90));
    }

    @Test
    void aRateThatVariesIsAveraged() {
        Random random = new Random(5);
        assertForetold(export(400, second -> 80 * (0.5 + random.nextDouble())));
    }

    @Test
    void typesOfOtherRatesArePartOfIt() {
        assertForetold(export(500, second -> second < 150 ? 80 : second < 300 ? 100 : 85));
    }

    /** One process loads it, while the other has nothing to do. */
    @Test
    void theLargestFileOfAnImportIsLoadedAlone() {
        assertForetold(imported(2, 10 * MB, 10 * MB, 10 * MB, 70 * MB));
        assertForetold(imported(2, 30 * MB, 30 * MB, 30 * MB));
        assertForetold(imported(4, 200 * MB));
    }

    /** A unit that runs alone has all of the limit. */
    @Test
    void aLimitOfBytesIsSharedByTheUnitsThatRun() {
        assertForetold(limited(2, 10 * MB, 70 * MB));
        assertForetold(limited(4, 10 * MB, 10 * MB, 20 * MB, 60 * MB));
    }

    @Test
    void nothingIsForetoldOfAJobThatHasDoneNothing() {
        ProgressEstimate none = ProgressEstimate.running(
                Point.START, new Point(5_000, 0, 0), new Remaining(100, List.of(), 2, null, false), START);

        assertThat(none.percent()).isZero();
        assertThat(none.end()).isNull();
        assertThat(ProgressEstimate.paused(50, 100).end()).isNull();
        assertThat(ProgressEstimate.paused(50, 100).percent()).isEqualTo(50);
    }

    @Test
    void aJobThatHasEndedHasTheRateOfItsWholeTime() {
        ProgressEstimate ended = ProgressEstimate.ended(JobState.COMPLETED, new Point(2_000, 5_000, 50), 5_000);

        assertThat(ended).isEqualTo(new ProgressEstimate(100, 2_500.0, 25.0, null));
    }

    /** From the first quarter of the work on, the end is foretold with an error of a fifth of the whole time at most. */
    private static void assertForetold(List<Second> progress) {
        long total = progress.get(progress.size() - 1).done();
        Instant end = START.plusSeconds(progress.size());
        int looks = 0;
        for (int second = 2; second < progress.size(); second++) {
            Second now = progress.get(second - 1);
            if (now.done() < total / 4 || now.done() == total) {
                continue;
            }
            Second half = progress.get(second / 2 - 1);
            ProgressEstimate estimate = ProgressEstimate.running(
                    new Point(second / 2 * 1_000L, half.done(), 0),
                    new Point(second * 1_000L, now.done(), 0),
                    new Remaining(
                            total - now.done(),
                            now.open(),
                            now.running(),
                            now.open().isEmpty() ? null : (double) MB / (now.shared() ? now.running() : 1),
                            now.shared()),
                    START.plusSeconds(second));
            Duration error = Duration.between(end, Objects.requireNonNull(estimate.end()))
                    .abs();
            assertThat(error.toMillis())
                    .as("after %d of %d seconds", second, progress.size())
                    .isLessThanOrEqualTo((long) (progress.size() * 1_000 * MOST));
            looks++;
        }
        assertThat(looks).isGreaterThan(10);
    }

    /** An export of so many units of 64 MB, by two workers, with a rate in MB for each second. */
    private static List<Second> export(int units, IntToDoubleFunction rate) {
        List<Second> progress = new ArrayList<>();
        long total = units * UNIT;
        double done = 0;
        for (int second = 0; done < total; second++) {
            done = Math.min((double) total, done + rate.applyAsDouble(second) * MB);
            progress.add(new Second((long) done, List.of(), 2, false));
        }
        return progress;
    }

    /** An import of files by so many workers, each of which loads a million bytes a second, one file after another. */
    private static List<Second> imported(int workers, long... files) {
        return worked(workers, false, files);
    }

    /** The same, but all workers together do a million bytes a second. */
    private static List<Second> limited(int workers, long... units) {
        return worked(workers, true, units);
    }

    private static List<Second> worked(int workers, boolean shared, long... files) {
        List<Second> progress = new ArrayList<>();
        long[] left = files.clone();
        while (true) {
            int running = 0;
            for (int file = 0; file < left.length && running < workers; file++) {
                running += left[file] > 0 ? 1 : 0;
            }
            long each = shared ? MB / Math.max(1, running) : MB;
            for (int file = 0, busy = 0; file < left.length && busy < running; file++) {
                busy += left[file] > 0 ? 1 : 0;
                left[file] = Math.max(0, left[file] - each);
            }
            if (running == 0) {
                return progress;
            }
            long done = 0;
            List<Long> open = new ArrayList<>();
            for (int file = 0; file < left.length; file++) {
                done += files[file] - left[file];
                if (left[file] > 0) {
                    open.add(left[file]);
                }
            }
            progress.add(new Second(done, open, running, shared));
        }
    }
}
