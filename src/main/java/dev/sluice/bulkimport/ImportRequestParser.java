package dev.sluice.bulkimport;

import dev.sluice.blob.ContainerName;
import dev.sluice.bulkimport.ImportJob.Input;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.ingest.RequestBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Parses the {@code Parameters} of an import, in the form of Azure API for FHIR, and reports all errors at once,
 * including files that cannot be read.
 */
@Component
class ImportRequestParser {
    private static final Set<String> FORMATS =
            new TreeSet<>(Set.of(RequestBody.FHIR_NDJSON, "application/ndjson", "application/x-ndjson", "ndjson"));

    /**
     * Both modes are the same to a store of versions: new and changed resources are written, unchanged ones are not.
     */
    private static final Set<String> MODES = new TreeSet<>(Set.of("InitialLoad", "IncrementalLoad"));

    /** They say nothing that makes a difference here. */
    private static final Set<String> IGNORED = Set.of("storageDetail", "inputSource");

    /** Options of Azure's servers that change nothing here, each with the reason. */
    private static final Map<String, String> WITHOUT_EFFECT = Map.of(
            "allowNegativeVersions",
            "versions are positive here, and the order of lines does not matter",
            "eventualConsistency",
            "each batch of lines is complete as soon as it can be seen",
            "processingUnitBytesToRead",
            "each file is read as one stream",
            "force",
            "an import needs no mode of the server",
            "errorContainerName",
            "the bad lines are in the container '" + ContainerName.IMPORT_ERRORS + "', and the result has their URLs");

    private static final Set<String> PARTS = Set.of("type", "url", "etag");

    private final ImportSources sources;

    ImportRequestParser(ImportSources sources) {
        this.sources = sources;
    }

    /**
     * An import that can be done.
     *
     * @param notes what its sender should know
     */
    record Request(ImportJob job, List<Issue> notes) {}

    /**
     * Parses the requested import; throws a problem with all errors otherwise.
     *
     * @param url the kick-off's full URL
     * @param deletions whether lines may delete resources
     * @param containers whether the client may name a container
     */
    Request parse(JsonNode request, String url, boolean deletions, Predicate<String> containers) {
        if (!request.path("resourceType").asString("").equals("Parameters")) {
            throw FhirException.invalid(
                    "$import takes a resource of the type Parameters, or application/fhir+ndjson; this is"
                            + " of the type '" + request.path("resourceType").asString("") + "'.");
        }
        List<Issue> issues = new ArrayList<>();
        Set<String> withoutEffect = new TreeSet<>();
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
            } else if (WITHOUT_EFFECT.containsKey(name)) {
                withoutEffect.add(name);
            } else if (!IGNORED.contains(name)) {
                issues.add(Issue.error("not-supported", notSupported("parameter", name, known())));
            }
            requireFew(issues);
        }
        if (!format) {
            issues.add(Issue.error(
                    "required",
                    "The parameter 'inputFormat' is missing; give it the valueString application/fhir+ndjson."));
        }
        if (files.isEmpty()) {
            issues.add(Issue.error(
                    "required", "The parameter 'input' is missing; give one for each file, with the part 'url'."));
        }
        return new Request(
                new ImportJob(url, inputs(files, containers, issues), deletions),
                withoutEffect.stream().map(ImportRequestParser::note).toList());
    }

    private static Issue note(String withoutEffect) {
        return new Issue(
                FhirException.Severity.INFORMATION,
                "informational",
                "The parameter '" + withoutEffect + "' has no effect: " + WITHOUT_EFFECT.get(withoutEffect) + ".");
    }

    /** Gives up once so many errors are found that more of them help nobody. */
    private static void requireFew(List<Issue> issues) {
        if (issues.size() >= FhirException.MOST_ISSUES) {
            throw new FhirException(400, issues);
        }
    }

    private static Set<String> known() {
        Set<String> names = new TreeSet<>(Set.of("inputFormat", "mode", "input"));
        names.addAll(IGNORED);
        names.addAll(WITHOUT_EFFECT.keySet());
        return names;
    }

    private static String notSupported(String what, String name, Set<String> names) {
        String advice = Suggestions.advice(name, names);
        return "The " + what + " '" + name + "' is not supported" + (advice.isEmpty() ? "; leave it out." : advice);
    }

    private List<Input> inputs(List<JsonNode> files, Predicate<String> containers, List<Issue> issues) {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            String place = "input " + (i + 1) + ": ";
            try {
                inputs.add(input(files.get(i), containers));
            } catch (FhirException e) {
                if (e.status() == 403) {
                    throw e; // more is not looked at for a client that may not
                }
                e.issues()
                        .forEach(issue ->
                                issues.add(new Issue(issue.severity(), issue.code(), place + issue.diagnostics())));
            }
            requireFew(issues);
        }
        if (!issues.isEmpty()) {
            throw new FhirException(400, issues);
        }
        return inputs;
    }

    private Input input(JsonNode parameter, Predicate<String> containers) {
        String type = null;
        String url = null;
        String etag = null;
        for (JsonNode part : parameter.path("part")) {
            String name = part.path("name").asString("");
            switch (name) {
                case "type" -> type = value(part);
                case "url" -> url = value(part);
                case "etag" -> etag = value(part);
                default -> throw FhirException.of(400, "not-supported", notSupported("part", name, PARTS));
            }
        }
        if (url == null) {
            throw FhirException.of(400, "required", "The part 'url' is missing or has no value.");
        }
        Input input = new Input(type == null ? null : ResourceType.of(type).name(), url, etag);
        if (!input.url().equals(url)) {
            throw FhirException.of(
                    400,
                    "security",
                    "The url '" + input.url()
                            + "' came with a query, a fragment or a user, which are not shown, kept or"
                            + " used. Give the url without them: this server reads the storage account with the"
                            + " credentials of its own configuration.");
        }
        sources.check(input, containers);
        return input;
    }

    private static void requireOneOf(Set<String> allowed, JsonNode parameter, List<Issue> issues) {
        String value = value(parameter);
        if (value == null || allowed.stream().noneMatch(value::equalsIgnoreCase)) {
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
