package dev.sluice.export;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.store.Retention;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * Reads the parameters that select associated data of an export: Provenance, referenced resources, earlier versions and
 * deletions.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, includeAssociatedData</a>
 */
@Component
class AssociatedDataParameters {
    private static final String HISTORY = "_history";
    private static final String DELETED = "_deleted";

    private static final Map<String, AssociatedData.Provenance> PROVENANCE = new TreeMap<>(Map.of(
            "LatestProvenanceResources", AssociatedData.Provenance.LATEST,
            "RelevantProvenanceResources", AssociatedData.Provenance.RELEVANT));

    /** The values of includeAssociatedData that this server supports. */
    private static final List<String> VALUES =
            List.of("LatestProvenanceResources", "RelevantProvenanceResources", HISTORY, DELETED);

    private final Retention retention;

    AssociatedDataParameters(Retention retention) {
        this.retention = retention;
    }

    /** The requested associated data. Of two values about Provenance, the one that includes more applies. */
    AssociatedData read(KickOffParameters parameters, IssueCollector issues) {
        AssociatedData.Provenance provenance = AssociatedData.Provenance.OF_COMPARTMENT;
        for (String value : parameters.list(ExportParameter.INCLUDE_ASSOCIATED_DATA)) {
            AssociatedData.Provenance wanted = PROVENANCE.getOrDefault(value, provenance);
            provenance = wanted.compareTo(provenance) > 0 ? wanted : provenance;
            if (!VALUES.contains(value)) {
                unknown(value, issues);
            }
        }
        return new AssociatedData(provenance, referenced(parameters, issues), depth(parameters, issues));
    }

    /** If a misspelt value is ignored, the export may include more Provenance than the client wants. */
    private static void unknown(String value, IssueCollector issues) {
        String fault = ExportParameter.INCLUDE_ASSOCIATED_DATA + " '" + value + "' is not supported; use one of "
                + String.join(", ", VALUES) + ".";
        if (value.isEmpty() || !Suggestions.advice(value, VALUES).isEmpty()) {
            issues.notSupported(fault);
        } else {
            issues.notSupportedUnlessLenient(fault, "It is left out.");
        }
    }

    /**
     * The earlier versions and deletions that the client requests with the parameters of Azure's server. As there, they
     * are supported at system level only and without filters.
     */
    ExportRequest.Past past(ExportScope scope, KickOffParameters parameters, IssueCollector issues) {
        List<String> wanted = parameters.list(ExportParameter.INCLUDE_ASSOCIATED_DATA).stream()
                .filter(value -> value.equals(HISTORY) || value.equals(DELETED))
                .toList();
        if (wanted.isEmpty()) {
            return ExportRequest.Past.NONE;
        }
        String named = ExportParameter.INCLUDE_ASSOCIATED_DATA + " '" + String.join("' and '", wanted) + "'";
        if (!(scope instanceof ExportScope.Everything)) {
            issues.notSupportedUnlessLenient(
                    named + " is supported at system level only, [base]/$export.", "It is left out.");
            return ExportRequest.Past.NONE;
        }
        if (parameters.has(ExportParameter.TYPE_FILTER)) {
            issues.invalid(named + " cannot be combined with _typeFilter; leave one of them out.");
        }
        if (parameters.has(ExportParameter.ORGANIZE_OUTPUT_BY)) {
            issues.invalid(named + " cannot be combined with organizeOutputBy; leave one of them out.");
        }
        ExportRequest.Past past = new ExportRequest.Past(wanted.contains(HISTORY), wanted.contains(DELETED));
        if (past.history()) {
            issues.warning("Versions that were replaced before " + FhirInstant.format(retention.keptFrom())
                    + " are not kept (sluice.history), so they are not exported.");
        }
        return past;
    }

    private static List<String> referenced(KickOffParameters parameters, IssueCollector issues) {
        List<String> types = new ArrayList<>();
        for (String name : parameters.list(ExportParameter.INCLUDE_REFERENCED)) {
            if (ResourceType.find(name).isEmpty()) {
                issues.notSupportedUnlessLenient(
                        ExportParameter.INCLUDE_REFERENCED + ": " + ResourceType.unknown(name), "It is left out.");
            } else if (name.equals("Provenance")) {
                issues.notSupportedUnlessLenient(
                        ExportParameter.INCLUDE_REFERENCED
                                + " 'Provenance': nothing refers to the Provenance about it; use "
                                + ExportParameter.INCLUDE_ASSOCIATED_DATA + "=RelevantProvenanceResources.",
                        "It is left out.");
            } else {
                types.add(name);
            }
        }
        return types;
    }

    private static int depth(KickOffParameters parameters, IssueCollector issues) {
        int depth = 1;
        for (String value : parameters.all(ExportParameter.INCLUDE_REFERENCED_DEPTH)) {
            if (!value.matches("[1-" + AssociatedData.DEEPEST + "]")) {
                issues.invalid(ExportParameter.INCLUDE_REFERENCED_DEPTH + " is '" + value
                        + "', but references are followed 1 to " + AssociatedData.DEEPEST + " times.");
            } else {
                depth = Integer.parseInt(value);
            }
            if (!parameters.has(ExportParameter.INCLUDE_REFERENCED)) {
                issues.invalid(ExportParameter.INCLUDE_REFERENCED_DEPTH + " needs " + ExportParameter.INCLUDE_REFERENCED
                        + ", with the types to bring.");
            }
        }
        return depth;
    }
}
