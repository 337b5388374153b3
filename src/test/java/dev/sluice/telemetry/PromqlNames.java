package dev.sluice.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that an expression of PromQL names, with the labels and values that it asks of each, and the labels by which
 * it groups. It knows the parts of the language that the files in {@code docs/monitoring} use.
 */
record PromqlNames(Map<String, Map<String, String>> metrics, Set<String> groupedBy) {
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern METRIC =
            Pattern.compile("\\b([a-zA-Z_:][\\w:]*)\\b(?!\\s*\\()\\s*(\\{(?:[^}\"]|\"[^\"]*\")*})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** Labels that Prometheus adds to each series, and the metric that it makes for each process. */
    private static final Set<String> ADDED = Set.of("instance", "job");

    static PromqlNames of(String expression) {
        Set<String> groupedBy = new TreeSet<>();
        Matcher grouping = GROUPING.matcher(expression);
        while (grouping.find()) {
            Pattern.compile("\\w+")
                    .matcher(grouping.group(1))
                    .results()
                    .map(MatchResult::group)
                    .forEach(groupedBy::add);
        }
        String rest = grouping.replaceAll("").replaceAll("\\[[^\\]]*]", "");
        Map<String, Map<String, String>> metrics = new TreeMap<>();
        Matcher metric = METRIC.matcher(rest);
        while (metric.find()) {
            if (!WORDS.contains(metric.group(1))) {
                Map<String, String> labels = metrics.computeIfAbsent(metric.group(1), any -> new TreeMap<>());
                if (metric.group(2) != null) {
                    Matcher label = MATCHER.matcher(metric.group(2));
                    while (label.find()) {
                        labels.put(label.group(1), label.group(2).equals("=") ? label.group(3) : "");
                    }
                }
            }
        }
        return new PromqlNames(metrics, groupedBy);
    }

    /** What the expression names and a server does not have. */
    List<String> missing(Scrape scrape) {
        List<String> missing = new ArrayList<>();
        Set<String> known = new TreeSet<>(ADDED);
        metrics.forEach((metric, labels) -> {
            if (metric.equals("up")) {
                return;
            }
            if (!scrape.names().contains(metric)) {
                missing.add(metric);
            }
            Map<String, Set<String>> values = scrape.labels(metric);
            known.addAll(values.keySet());
            labels.forEach((label, value) -> {
                boolean exists = ADDED.contains(label)
                        || (values.containsKey(label)
                                && (value.isEmpty() || values.get(label).contains(value)));
                if (!exists) {
                    missing.add(metric + "{" + label + "=\"" + value + "\"}");
                }
            });
        });
        groupedBy.stream()
                .filter(label -> !known.contains(label))
                .map(label -> "by (" + label + ")")
                .forEach(missing::add);
        return missing;
    }
}
