package dev.sluice.soak;

import dev.sluice.benchmark.BenchmarkPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a run has shown.
 *
 * @param samples in the order of time
 * @param probes the milliseconds of each question whether the server lives
 * @param slowClients how many slow clients there were
 */
record SoakReport(List<Sample> samples, List<Double> probes, Tally tally, int slowClients, int minutes) {
    private static final Path PAGE = Path.of("docs", "guarantees.md");
    private static final Path FOLDER = Path.of("docs", "soak");
    private static final double AT_ONCE_MILLIS = 1_000;

    /** The sorted values of a quarter of the time, from 0. */
    private List<Double> quarter(Measure measure, int quarter) {
        double length = samples.get(samples.size() - 1).minute() / 4;
        return samples.stream()
                .filter(sample -> Math.min(3, (int) (sample.minute() / length)) == quarter)
                .map(sample -> sample.value(measure))
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toList();
    }

    private static double median(List<Double> sorted) {
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    /** A sentence for each measure that has grown. */
    List<String> growth() {
        List<String> growth = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            double second = median(quarter(measure, 1));
            double last = median(quarter(measure, 3));
            if (last > measure.limit(second)) {
                growth.add(String.format(Locale.ROOT, "%s: from %.0f to %.0f", measure.title(), second, last));
            }
        }
        return growth;
    }

    /** The part of the probes that were answered within a second. */
    double livenessShare() {
        return (double) probes.stream()
                        .filter(millis -> millis < AT_ONCE_MILLIS)
                        .count()
                / probes.size();
    }

    String text() {
        double[] times =
                probes.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        StringBuilder text =
                new StringBuilder("| Measure | first quarter | second | third | last |\n|---|---|---|---|---|\n");
        for (Measure measure : Measure.values()) {
            text.append("| ").append(measure.title());
            for (int quarter = 0; quarter < 4; quarter++) {
                List<Double> values = quarter(measure, quarter);
                text.append(
                        values.isEmpty()
                                ? " |"
                                : String.format(
                                        Locale.ROOT,
                                        " | %.0f / %.0f / %.0f",
                                        values.get(0),
                                        median(values),
                                        values.get(values.size() - 1)));
            }
            text.append(" |\n");
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "%nEach cell has the minimum, the median and the maximum. In %d minutes the server answered %,d"
                                + " requests, beside %,d slow clients. %,d exports with %,d lines were compared with the"
                                + " store%s. %.2f %% of %,d probes were answered within a second;"
                                + " the median took %.0f ms, the slowest %.0f ms.%n",
                        minutes,
                        tally.requests(),
                        slowClients,
                        tally.exports(),
                        tally.lines(),
                        tally.faults().isEmpty() ? "; no line was lost or doubled" : "",
                        100 * livenessShare(),
                        times.length,
                        times[times.length / 2],
                        times[times.length - 1]))
                .toString();
    }

    /** The answers by kind of client. */
    String answers() {
        return tally.answers().entrySet().stream()
                .map(row -> String.format(Locale.ROOT, "%-28s %s%n", row.getKey(), row.getValue()))
                .collect(Collectors.joining());
    }

    /** Leaves the figures, the chart, the samples and the answers in a folder. */
    void leave(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.md"), text());
        Files.writeString(folder.resolve("answers.txt"), answers() + String.join("\n", tally.faults()));
        files(folder);
    }

    /** Puts the figures and the chart into the documentation. */
    void publish() throws IOException {
        Files.createDirectories(FOLDER);
        files(FOLDER);
        Files.writeString(PAGE, BenchmarkPage.fill(Files.readString(PAGE), "soak", text()));
    }

    private void files(Path folder) throws IOException {
        Files.writeString(folder.resolve("soak.svg"), SoakChart.of(samples));
        Files.writeString(
                folder.resolve("samples.csv"),
                samples.stream().map(Sample::csv).collect(Collectors.joining("", Sample.csvHead(), "")));
    }
}
