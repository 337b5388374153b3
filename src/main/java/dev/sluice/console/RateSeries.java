package dev.sluice.console;

import dev.sluice.monitor.JobSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rates of a job over time, as the chart takes them.
 *
 * @param times in seconds since 1970
 * @param bytes for each time, the bytes per second since the time before
 * @param rows for each time, the rows per second
 */
record RateSeries(List<Long> times, List<Double> bytes, List<Double> rows) {
    private static final double MILLIS = 1000;

    /** Fewer points say less than the numbers beside them. */
    private static final int FEWEST = 4;

    static RateSeries of(List<JobSample> samples) {
        List<Long> times = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        List<Double> rows = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            JobSample from = samples.get(i - 1);
            JobSample to = samples.get(i);
            long millis = Duration.between(from.time(), to.time()).toMillis();
            if (millis > 0) {
                times.add(to.time().getEpochSecond());
                bytes.add(rate(to.doneBytes() - from.doneBytes(), millis));
                rows.add(rate(to.doneRows() - from.doneRows(), millis));
            }
        }
        return new RateSeries(times, bytes, rows);
    }

    /** Whether there is something to draw. */
    public boolean isDrawable() {
        return times.size() >= FEWEST;
    }

    private static double rate(long amount, long millis) {
        return Math.max(0, amount) * MILLIS / millis;
    }
}
