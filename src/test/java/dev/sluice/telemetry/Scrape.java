package dev.sluice.telemetry;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics of a server, as a monitoring system reads them. */
record Scrape(Map<String, Double> series) {
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** @param text in the format of Prometheus */
    static Scrape of(String text) {
        Map<String, Double> series = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            series.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        });
        return new Scrape(series);
    }

    /** The value of a series, such as {@code sluice_jobs{kind="export",state="waiting"}}, with its labels by name. */
    double value(String name) {
        Double value = series.get(name);
        if (value == null) {
            throw new AssertionError(name + " is none of " + new TreeMap<>(series).keySet());
        }
        return value;
    }

    /** The sum of the series with this name. */
    double sum(String name) {
        return series.entrySet().stream()
                .filter(entry -> name(entry.getKey()).equals(name))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    Set<String> names() {
        return series.keySet().stream().map(Scrape::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The values of each label of a metric. */
    Map<String, Set<String>> labels(String name) {
        Map<String, Set<String>> labels = new TreeMap<>();
        series.keySet().stream().filter(key -> name(key).equals(name)).forEach(key -> {
            Matcher label = LABEL.matcher(key);
            while (label.find()) {
                labels.computeIfAbsent(label.group(1), any -> new TreeSet<>()).add(label.group(2));
            }
        });
        return labels;
    }

    private static String name(String series) {
        int brace = series.indexOf('{');
        return brace < 0 ? series : series.substring(0, brace);
    }
}
