package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.ImportJob.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Reads the {@code Parameters} of an import, in the form of Azure API for FHIR, and finds everything that is wrong with
 * it at once, files that cannot be read included.
 */
@Component
class ImportRequestParser {
    private static final Set<String> FORMATS =
            new TreeSet<>(Set.of(Content.FHIR_NDJSON, "application/ndjson", "application/x-ndjson", "ndjson"));

    /** To a store of versions both are the same: what is new or other is written, what is there is left alone. */
    private static final Set<String> MODES = new TreeSet<>(Set.of("InitialLoad", "IncrementalLoad"));

    /** They say nothing that would make a difference here. */
    private static final Set<String> IGNORED = Set.of("storageDetail", "inputSource");

    private final ImportSources sources;

    ImportRequestParser(ImportSources sources) {
        this.sources = sources;
    }

    /**
     * The import that is asked for; a problem with all faults otherwise.
     *
     * @param url the kick-off's full URL
     */
    ImportJob parse(JsonNode request, String url) {
        if (!request.path("resourceType").asString("").equals("Parameters")) {
            throw FhirProblem.invalid(
                    "$import takes a resource of the type Parameters, or application/fhir+ndjson; this is"
                            + " of the type '" + request.path("resourceType").asString("") + "'.");
        }
        List<Issue> issues = new ArrayList<>();
        List<JsonNode> files = new ArrayList<>();
        boolean format = false;
        for (JsonNode parameter : request.path("parameter")) {
            String name = parameter.path("name").asString("");
            if (name.equals("input")) {
                files.add(parameter);
            } else if (name.equals("inputFormat")) {
                format = true;
                requireOneOf(FORMATS, parameter, issues);
            } else if (name.equals("mode")) {
                requireOneOf(MODES, parameter, issues);
            } else if (!IGNORED.contains(name)) {
                issues.add(
                        Issue.error("not-supported", "The parameter '" + name + "' is not supported; leave it out."));
            }
        }
        if (!format) {
            issues.add(Issue.error(
                    "required",
                    "The parameter 'inputFormat' is missing; give it the valueString application/fhir+ndjson."));
        }
        if (files.isEmpty()) {
            issues.add(Issue.error(
                    "required",
                    "The parameter 'input' is missing; give one for each file, with the parts 'type' and 'url'."));
        }
        return job(url, files, issues);
    }

    private ImportJob job(String url, List<JsonNode> files, List<Issue> issues) {
        List<Input> inputs = new ArrayList<>();
        for (JsonNode file : files) {
            try {
                inputs.add(input(file));
            } catch (FhirProblem e) {
                e.issues()
                        .forEach(issue -> issues.add(new Issue(
                                issue.severity(),
                                issue.code(),
                                "input " + (files.indexOf(file) + 1) + ": " + issue.diagnostics())));
            }
        }
        if (!issues.isEmpty()) {
            throw new FhirProblem(400, issues);
        }
        return new ImportJob(url, inputs);
    }

    private Input input(JsonNode parameter) {
        String type = null;
        String url = null;
        String etag = null;
        for (JsonNode part : parameter.path("part")) {
            String name = part.path("name").asString("");
            switch (name) {
                case "type" -> type = value(part);
                case "url" -> url = value(part);
                case "etag" -> etag = value(part);
                default -> throw FhirProblem.of(400, "not-supported", "The part '" + name + "' is not supported.");
            }
        }
        if (type == null || url == null) {
            throw FhirProblem.of(
                    400, "required", "The part '" + (type == null ? "type" : "url") + "' is missing or has no value.");
        }
        Input input = new Input(ResourceType.of(type).name(), url, etag);
        sources.check(input);
        return input;
    }

    private static void requireOneOf(Set<String> allowed, JsonNode parameter, List<Issue> issues) {
        String value = value(parameter);
        if (value == null || !allowed.contains(value)) {
            issues.add(Issue.error(
                    "invalid",
                    "The parameter '" + parameter.path("name").asString("") + "' has the value '" + value
                            + "'; use one of " + String.join(", ", allowed) + "."));
        }
    }

    /** The value of a parameter, whether it is a valueString, valueUri, valueUrl or valueCode. */
    private static @Nullable String value(JsonNode parameter) {
        return parameter.properties().stream()
                .filter(member -> member.getKey().startsWith("value"))
                .map(member -> member.getValue().asString(""))
                .findFirst()
                .orElse(null);
    }
}
