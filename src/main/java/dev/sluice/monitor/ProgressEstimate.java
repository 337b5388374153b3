package dev.sluice.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * How fast a job is, and when it will end.
 *
 * @param percent from 0 to 99 while it runs; 100 when it is completed
 * @param bytesPerSecond the rate of the second half of the time that it has run, or of all of it when it has ended; null =
 *     not known yet
 * @param rowsPerSecond the same of the rows that are read
 * @param end when it will end if it goes on like this; null = not known, or it has ended or is paused
 */
public record ProgressEstimate(
        int percent,
        @Nullable Double bytesPerSecond,
        @Nullable Double rowsPerSecond,
        @Nullable Instant end) {
    private static final double MILLIS = 1000;

    /** Less time than this says nothing about the rate. */
    private static final Duration SHORTEST = Duration.ofMillis(500);

    /**
     * How far a job was at some time.
     *
     * @param runningMillis how long it had run, without its pauses
     * @param bytes that were done
     * @param rows that were done
     */
    record Point(long runningMillis, long bytes, long rows) {
        static final Point START = new Point(0, 0, 0);
    }

    /**
     * What remains of a job.
     *
     * @param bytes of all units
     * @param units the bytes of each unit, those that run first, and the others in the order of the plan; empty = there are
     *     so many that their sizes make no difference
     * @param running the number of units that run at the same time
     * @param workerRate how many bytes a second the units that run do each; null = not known
     * @param shared whether a limit of bytes per second holds the job back: units that run alone are faster then
     */
    record Remaining(
            long bytes,
            List<Long> units,
            int running,
            @Nullable Double workerRate,
            boolean shared) {
        /** The seconds until the last unit is done, at this rate of the job. */
        double seconds(double rate) {
            if (units.isEmpty() || shared) {
                return bytes / rate;
            }
            int workers = Math.max(1, running);
            Double own = workerRate;
            double each = own != null && own > 0 ? own : rate / workers;
            // Each worker takes the next unit when it is done with the one before. The last ones run alone.
            PriorityQueue<Double> free = new PriorityQueue<>(Collections.nCopies(workers, 0.0));
            double end = 0;
            for (long unit : units) {
                double done = free.remove() + unit / each;
                free.add(done);
                end = Math.max(end, done);
            }
            return end;
        }
    }

    /** Of a job that is not planned. */
    static final ProgressEstimate NONE = new ProgressEstimate(0, null, null, null);

    /** Of a job that has ended. */
    static ProgressEstimate ended(JobState state, Point end, long total) {
        Rates rates = Rates.between(Point.START, end);
        int percent = state == JobState.COMPLETED ? 100 : percent(end.bytes(), total);
        return new ProgressEstimate(percent, rates.bytes(), rates.rows(), null);
    }

    /**
     * Of a job that runs.
     *
     * @param half how far it was when it had run for half of the time
     */
    static ProgressEstimate running(Point half, Point now, Remaining remaining, Instant time) {
        Rates rates = Rates.between(half, now);
        Double rate = rates.bytes();
        Instant end = null;
        if (rate != null && rate > 0) {
            double seconds = remaining.seconds(rate);
            end = time.plusMillis((long) (seconds * MILLIS));
        }
        return new ProgressEstimate(percent(now.bytes(), now.bytes() + remaining.bytes()), rate, rates.rows(), end);
    }

    /** Of a job that is paused. */
    static ProgressEstimate paused(long done, long total) {
        return new ProgressEstimate(percent(done, total), null, null, null);
    }

    private static int percent(long done, long total) {
        return total <= 0 ? 0 : (int) Math.min(99, done * 100 / total);
    }

    private record Rates(@Nullable Double bytes, @Nullable Double rows) {
        static Rates between(Point from, Point to) {
            long millis = to.runningMillis() - from.runningMillis();
            if (millis <= 0 || (millis < SHORTEST.toMillis() && !from.equals(Point.START))) {
                return new Rates(null, null);
            }
            return new Rates(
                    Math.max(0, to.bytes() - from.bytes()) * MILLIS / millis,
                    Math.max(0, to.rows() - from.rows()) * MILLIS / millis);
        }
    }
}
