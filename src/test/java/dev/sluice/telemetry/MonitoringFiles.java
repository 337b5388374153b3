package dev.sluice.telemetry;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** The alert rules for Prometheus and the dashboard for Grafana in {@code docs/monitoring}. */
final class MonitoringFiles {
    static final Path ALERTS = Path.of("docs/monitoring/sluice-alerts.yaml");
    private static final Path DASHBOARD = Path.of("docs/monitoring/sluice-dashboard.json");

    private MonitoringFiles() {}

    /** The expressions of both files, by the name of their alert or panel. */
    static Map<String, String> expressions() throws IOException {
        Map<String, String> expressions = new TreeMap<>();
        for (Map<?, ?> rule : rules()) {
            expressions.put("alert " + rule.get("alert"), text(rule, "expr"));
        }
        for (JsonNode panel :
                FhirJson.parseObject(Files.readAllBytes(DASHBOARD)).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.put(
                        "panel " + panel.path("title").asString() + " "
                                + target.path("refId").asString(),
                        target.path("expr").asString());
            }
        }
        return expressions;
    }

    /** The names of the alerts, in their order. */
    static List<String> alerts() throws IOException {
        return rules().stream().map(rule -> text(rule, "alert")).toList();
    }

    private static List<Map<?, ?>> rules() throws IOException {
        List<Map<?, ?>> rules = new ArrayList<>();
        Map<?, ?> file = new Yaml().load(Files.readString(ALERTS));
        for (Object group : (List<?>) Objects.requireNonNull(file.get("groups"))) {
            for (Object rule : (List<?>) Objects.requireNonNull(((Map<?, ?>) group).get("rules"))) {
                rules.add((Map<?, ?>) rule);
            }
        }
        return rules;
    }

    private static String text(Map<?, ?> rule, String key) {
        return String.valueOf(rule.get(key));
    }
}
