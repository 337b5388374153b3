package dev.sluice.console;

import dev.sluice.monitor.JobSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rates of a job over time, as the chart takes them.
 *
 * @param times in seconds since 1970
 * @param megabytes for each time, the megabytes per second since the time before
 * @param rows for each time, the rows per second
 */
record RateSeries(List<Long> times, List<Double> megabytes, List<Double> rows) {
    private static final double MB = 1_000_000;
    private static final double MILLIS = 1000;

    static RateSeries of(List<JobSample> samples) {
        List<Long> times = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        List<Double> rows = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            JobSample from = samples.get(i - 1);
            JobSample to = samples.get(i);
            long millis = Duration.between(from.time(), to.time()).toMillis();
            if (millis > 0) {
                times.add(to.time().getEpochSecond());
                megabytes.add(rate(to.doneBytes() - from.doneBytes(), millis) / MB);
                rows.add(rate(to.doneRows() - from.doneRows(), millis));
            }
        }
        return new RateSeries(times, megabytes, rows);
    }

    /** Whether there is something to draw. */
    public boolean isDrawable() {
        return times.size() > 1;
    }

    private static double rate(long amount, long millis) {
        return Math.max(0, amount) * MILLIS / millis;
    }
}
