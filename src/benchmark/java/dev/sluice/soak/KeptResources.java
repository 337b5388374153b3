package dev.sluice.soak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Resources that nobody changes, so that an export of their types is known line by line. */
final class KeptResources {
    /** Half of them are members of the Group. */
    static final int PATIENTS = 200;

    private static final int OBSERVATIONS = 2_000;
    private static final Pattern VERSION =
            Pattern.compile("\"meta\":\\{\"versionId\":\"\\d+\",\"lastUpdated\":\"[^\"]+\"},");

    private final List<String> lines = new ArrayList<>();

    KeptResources() {
        for (int n = 0; n < PATIENTS; n++) {
            lines.add("{\"resourceType\":\"Patient\",\"id\":\"p" + n + "\",\"gender\":\""
                    + (n % 2 == 0 ? "female" : "male") + "\",\"name\":[{\"family\":\"F" + n + "\"}]}");
        }
        for (int n = 0; n < OBSERVATIONS; n++) {
            lines.add("{\"resourceType\":\"Observation\",\"id\":\"o" + n
                    + "\",\"status\":\"final\",\"code\":{\"coding\":"
                    + "[{\"system\":\"http://loinc.org\",\"code\":\"c" + n % 10 + "\"}]},\"subject\":{\"reference\":"
                    + "\"Patient/p" + n % PATIENTS + "\"},\"note\":[{\"text\":\"" + "note ".repeat(n % 200) + "x\"}]}");
        }
        StringBuilder members = new StringBuilder("{\"entity\":{\"reference\":\"Patient/p0\"}}");
        for (int n = 1; n < PATIENTS / 2; n++) {
            members.append(",{\"entity\":{\"reference\":\"Patient/p").append(n).append("\"}}");
        }
        lines.add("{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true,\"member\":[" + members
                + "]}");
        lines.add("{\"resourceType\":\"Provenance\",\"id\":\"v\",\"target\":[{\"reference\":\"Patient/p0\"}],"
                + "\"recorded\":\"2024-01-01T00:00:00Z\",\"agent\":[{\"who\":{\"display\":\"x\"}}]}");
    }

    String ndjson() {
        return String.join("\n", lines) + "\n";
    }

    /** The Patients and Observations of these patients, by their number. */
    List<String> ofPatients(Predicate<Integer> patient) {
        return lines.stream()
                .filter(line -> isPatient(line) || isObservation(line))
                .filter(line -> patient.test(number(line) % PATIENTS))
                .toList();
    }

    List<String> observations(Predicate<Integer> wanted) {
        return lines.stream()
                .filter(KeptResources::isObservation)
                .filter(line -> wanted.test(number(line)))
                .toList();
    }

    /** What an export lacks, and what it holds too often or should not hold; empty if it is right. */
    static String difference(List<String> expected, List<String> exported) {
        Map<String, Integer> left = new HashMap<>();
        expected.forEach(line -> left.merge(line, 1, Integer::sum));
        exported.forEach(line -> left.merge(VERSION.matcher(line).replaceFirst(""), -1, Integer::sum));
        return left.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .limit(5)
                .map(entry -> (entry.getValue() > 0 ? "lacks " : "has too often ") + entry.getKey())
                .collect(Collectors.joining("; "));
    }

    private static boolean isPatient(String line) {
        return line.startsWith("{\"resourceType\":\"Patient\"");
    }

    private static boolean isObservation(String line) {
        return line.startsWith("{\"resourceType\":\"Observation\"");
    }

    /** The number in the id. */
    private static int number(String line) {
        int from = line.indexOf("\"id\":\"") + 7;
        return Integer.parseInt(line.substring(from, line.indexOf('"', from)));
    }
}
