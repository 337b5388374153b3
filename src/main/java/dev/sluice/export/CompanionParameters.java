package dev.sluice.export;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.Nearest;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * Reads the parameters that say what an export brings beside the resources that it selects: Provenance, resources that are
 * referred to, earlier versions and deletions.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, includeAssociatedData</a>
 */
@Component
class CompanionParameters {
    static final String ASSOCIATED = "includeAssociatedData";
    static final String REFERENCED = "_includeReferenced";
    static final String DEPTH = "_includeReferencedDepth";

    private static final String HISTORY = "_history";
    private static final String DELETED = "_deleted";

    private static final Map<String, Companions.Provenance> PROVENANCE = new TreeMap<>(Map.of(
            "LatestProvenanceResources", Companions.Provenance.LATEST,
            "RelevantProvenanceResources", Companions.Provenance.RELEVANT));

    /** Values of includeAssociatedData that this server knows. */
    private static final List<String> VALUES =
            List.of("LatestProvenanceResources", "RelevantProvenanceResources", HISTORY, DELETED);

    private final History history;

    CompanionParameters(History history) {
        this.history = history;
    }

    /** What is asked for; of two values about Provenance the one that brings more holds. */
    Companions companions(Asked asked) {
        Companions.Provenance provenance = Companions.Provenance.OF_COMPARTMENT;
        for (String value : asked.given().list(ASSOCIATED)) {
            Companions.Provenance wanted = PROVENANCE.getOrDefault(value, provenance);
            provenance = wanted.compareTo(provenance) > 0 ? wanted : provenance;
            if (!VALUES.contains(value)) {
                unknown(value, asked.complaints());
            }
        }
        return new Companions(provenance, referenced(asked), depth(asked));
    }

    /** Without a value that was misspelt there may be more Provenance than with it. */
    private static void unknown(String value, Complaints complaints) {
        String fault = ASSOCIATED + " '" + value + "' is not supported; use one of " + String.join(", ", VALUES) + ".";
        if (value.isEmpty() || !Nearest.advice(value, VALUES).isEmpty()) {
            complaints.narrowing(fault);
        } else {
            complaints.leave(fault, "It is left out.");
        }
    }

    /** What is asked for of the past, in the words of Azure's server: at system level, and without filters, as there. */
    ExportRequest.Past past(Asked asked) {
        List<String> wanted = asked.given().list(ASSOCIATED).stream()
                .filter(value -> value.equals(HISTORY) || value.equals(DELETED))
                .toList();
        if (wanted.isEmpty()) {
            return ExportRequest.Past.NONE;
        }
        String named = ASSOCIATED + " '" + String.join("' and '", wanted) + "'";
        if (!(asked.scope() instanceof ExportScope.Everything)) {
            asked.complaints().leave(named + " is there at system level only, [base]/$export.", "It is left out.");
            return ExportRequest.Past.NONE;
        }
        if (!asked.given().all("_typeFilter", "_typefilter").isEmpty()) {
            asked.complaints().fault(named + " cannot be combined with _typeFilter; leave one of them out.");
        }
        if (!asked.given().all("organizeOutputBy").isEmpty()) {
            asked.complaints().fault(named + " cannot be combined with organizeOutputBy; leave one of them out.");
        }
        ExportRequest.Past past = new ExportRequest.Past(wanted.contains(HISTORY), wanted.contains(DELETED));
        if (past.history()) {
            asked.complaints()
                    .warn("Versions that were replaced before " + FhirInstant.format(history.keptFrom())
                            + " are not kept (sluice.history), so they are not exported.");
        }
        return past;
    }

    private static List<String> referenced(Asked asked) {
        List<String> types = new ArrayList<>();
        for (String name : asked.given().list(REFERENCED)) {
            if (ResourceType.find(name).isEmpty()) {
                asked.complaints().leave(REFERENCED + ": " + ResourceType.unknown(name), "It is left out.");
            } else if (name.equals("Provenance")) {
                asked.complaints()
                        .leave(
                                REFERENCED + " 'Provenance': nothing refers to the Provenance about it; use "
                                        + ASSOCIATED + "=RelevantProvenanceResources.",
                                "It is left out.");
            } else {
                types.add(name);
            }
        }
        return types;
    }

    private static int depth(Asked asked) {
        int depth = 1;
        for (String value : asked.given().all(DEPTH)) {
            if (!value.matches("[1-" + Companions.DEEPEST + "]")) {
                asked.complaints()
                        .fault(DEPTH + " is '" + value + "', but references are followed 1 to " + Companions.DEEPEST
                                + " times.");
            } else {
                depth = Integer.parseInt(value);
            }
            if (asked.given().all(REFERENCED).isEmpty()) {
                asked.complaints().fault(DEPTH + " needs " + REFERENCED + ", with the types to bring.");
            }
        }
        return depth;
    }
}
