package dev.sluice;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;

/**
 * Which package may know which. The root package wires the others together and may know all of them; nobody may know
 * the root. Everything that the table does not allow is forbidden.
 */
final class PackageTable {
    static final String ROOT = "dev.sluice";

    static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            Map.entry("fhir", Set.of()),
            Map.entry("files", Set.of()),
            Map.entry("doctor", Set.of()),
            Map.entry("blob", Set.of("doctor", "files")),
            Map.entry("job", Set.of()),
            Map.entry("json", Set.of("fhir", "files")),
            Map.entry("database", Set.of("doctor", "fhir", "files")),
            Map.entry("security", Set.of("fhir")),
            Map.entry("audit", Set.of("doctor", "fhir", "files", "security")),
            Map.entry("disclosure", Set.of("fhir", "store", "audit", "security")),
            Map.entry("oidc", Set.of("doctor", "fhir", "security")),
            Map.entry("r4", Set.of("fhir", "json")),
            Map.entry("comparison", Set.of("fhir")),
            Map.entry("cli", Set.of("doctor", "fhir", "files", "json", "comparison", "bulkclient")),
            Map.entry("web", Set.of("doctor", "fhir", "json", "r4", "files", "security")),
            Map.entry("oauth", Set.of("doctor", "fhir", "audit", "security", "web")),
            Map.entry("match", Set.of("fhir", "json", "r4")),
            Map.entry("rulepath", Set.of("fhir", "json", "r4")),
            Map.entry("view", Set.of("fhir", "json", "r4")),
            Map.entry("deid", Set.of("fhir", "json", "r4", "rulepath")),
            Map.entry("deidservice", Set.of("fhir", "json", "deid", "blob")),
            Map.entry("store", Set.of("fhir", "json", "database")),
            Map.entry("throttle", Set.of("job", "database")),
            Map.entry("replica", Set.of("doctor", "database", "store", "job", "plan")),
            Map.entry("filter", Set.of("fhir", "json", "r4", "match", "store")),
            Map.entry("plan", Set.of("fhir", "store", "blob")),
            Map.entry("lake", Set.of("blob")),
            Map.entry("delta", Set.of("fhir", "blob", "lake", "plan", "planner", "output")),
            Map.entry("planner", Set.of("fhir", "json", "r4", "filter", "database", "store", "blob", "plan")),
            Map.entry(
                    "output", Set.of("fhir", "json", "r4", "filter", "deid", "view", "store", "blob", "plan", "lake")),
            Map.entry(
                    "export",
                    Set.of(
                            "fhir",
                            "json",
                            "r4",
                            "filter",
                            "deid",
                            "store",
                            "blob",
                            "job",
                            "monitor",
                            "plan",
                            "planner",
                            "output",
                            "lake",
                            "delta",
                            "throttle",
                            "replica",
                            "web",
                            "audit",
                            "disclosure",
                            "security")),
            Map.entry("ingest", Set.of("fhir", "json", "r4", "store", "web", "security")),
            Map.entry(
                    "bulkimport",
                    Set.of(
                            "fhir",
                            "json",
                            "r4",
                            "store",
                            "blob",
                            "job",
                            "monitor",
                            "ingest",
                            "web",
                            "audit",
                            "security")),
            Map.entry(
                    "viewexport",
                    Set.of(
                            "fhir",
                            "json",
                            "r4",
                            "view",
                            "plan",
                            "planner",
                            "export",
                            "web",
                            "audit",
                            "disclosure",
                            "security")),
            Map.entry("demo", Set.of("store", "bulkimport")),
            Map.entry("monitor", Set.of("job", "database")),
            Map.entry("telemetry", Set.of("doctor", "fhir", "files", "database", "store", "blob", "job", "monitor")),
            Map.entry(
                    "feed",
                    Set.of(
                            "fhir",
                            "json",
                            "database",
                            "blob",
                            "job",
                            "export",
                            "web",
                            "audit",
                            "security",
                            "telemetry")),
            Map.entry("signin", Set.of("doctor", "fhir", "audit", "oidc", "security")),
            Map.entry(
                    "console",
                    Set.of(
                            "doctor",
                            "fhir",
                            "json",
                            "database",
                            "store",
                            "blob",
                            "job",
                            "monitor",
                            "export",
                            "bulkimport",
                            "feed",
                            "signin",
                            "web",
                            "audit",
                            "security")),
            Map.entry("bulkclient", Set.of("fhir", "json", "files")));

    private PackageTable() {}

    /** The word after {@code dev.sluice.}, or nothing for the root package. */
    static String featureOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1) : "";
    }

    static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    static boolean allows(String from, String to) {
        return from.isEmpty()
                || from.equals(to)
                || MAY_KNOW.getOrDefault(from, Set.of()).contains(to);
    }

    static ArchCondition<JavaClass> standInTheTable() {
        return new ArchCondition<>("stand in the table") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String feature = featureOf(type);
                if (!feature.isEmpty() && !MAY_KNOW.containsKey(feature)) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is in no package of the table"));
                }
            }
        };
    }

    static ArchCondition<JavaClass> knowOnlyWhatTheTableAllows() {
        return new ArchCondition<>("know only what the table allows") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isOurs(target) && !allows(featureOf(type), featureOf(target))) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }
}
