package dev.sluice.soak;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the server held at one time, as far as it was measured. */
record Sample(double minute, Map<Measure, Double> values) {
    /** NaN if it was not measured. */
    double value(Measure measure) {
        return values.getOrDefault(measure, Double.NaN);
    }

    static String csvHead() {
        return Stream.of(Measure.values())
                .map(measure -> measure.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(",", "minute,", "\n"));
    }

    String csv() {
        return Stream.of(Measure.values())
                .map(measure -> Double.isNaN(value(measure)) ? "" : String.format(Locale.ROOT, "%.0f", value(measure)))
                .collect(Collectors.joining(",", String.format(Locale.ROOT, "%.2f,", minute), "\n"));
    }
}
