package dev.sluice.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the rounds measured of one scenario, in their order. */
final class Series {
    private final List<Measurement> measurements = new ArrayList<>();

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    List<Measurement> all() {
        return Collections.unmodifiableList(measurements);
    }

    double median(ToDoubleFunction<Measurement> value) {
        return median(measurements.stream().mapToDouble(value).toArray());
    }

    double least(ToDoubleFunction<Measurement> value) {
        return measurements.stream().mapToDouble(value).min().orElse(Double.NaN);
    }

    double most(ToDoubleFunction<Measurement> value) {
        return measurements.stream().mapToDouble(value).max().orElse(Double.NaN);
    }

    /** How many times the other's, round by round: both were measured at about the same time. */
    double[] ratios(Series other, Scenario.By by) {
        double[] ratios = new double[Math.min(measurements.size(), other.measurements.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = by.of(measurements.get(i)) / by.of(other.measurements.get(i));
        }
        return ratios;
    }

    /** The middle one; of an even number, the mean of the two. */
    static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
