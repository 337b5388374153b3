package dev.sluice.export;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportScope;
import dev.sluice.store.KeptVersions;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Reads the parameters that select associated data of an export: Provenance, referenced resources, earlier versions and
 * deletions.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, includeAssociatedData</a>
 */
@Component
class AssociatedDataParameters {
    private final KeptVersions keptVersions;

    AssociatedDataParameters(KeptVersions keptVersions) {
        this.keptVersions = keptVersions;
    }

    /**
     * The supported values of {@code includeAssociatedData}. As in Azure's server, earlier versions and deletions are
     * supported at system level only and without filters.
     */
    List<String> values(ExportScope scope, KickOffParameters parameters, IssueCollector issues) {
        List<String> values = new ArrayList<>(parameters.list(ExportParameter.INCLUDE_ASSOCIATED_DATA));
        values.stream()
                .filter(value -> !AssociatedData.VALUES.contains(value))
                .forEach(value -> unknown(value, issues));
        values.retainAll(AssociatedData.VALUES);
        List<String> past = values.stream()
                .filter(value -> value.equals(AssociatedData.HISTORY) || value.equals(AssociatedData.DELETED))
                .toList();
        if (past.isEmpty()) {
            return values;
        }
        String named = ExportParameter.INCLUDE_ASSOCIATED_DATA + " '" + String.join("' and '", past) + "'";
        if (!(scope instanceof ExportScope.Everything)) {
            issues.notSupportedUnlessLenient(
                    named + " is supported at system level only, [base]/$export.", "It is left out.");
            values.removeAll(past);
            return values;
        }
        for (ExportParameter other : List.of(ExportParameter.TYPE_FILTER, ExportParameter.ORGANIZE_OUTPUT_BY)) {
            if (parameters.has(other)) {
                issues.invalid(named + " cannot be combined with " + other + "; leave one of them out.");
            }
        }
        if (values.contains(AssociatedData.HISTORY)) {
            issues.warning("Versions that were replaced before " + FhirInstant.format(keptVersions.keptFrom())
                    + " are not kept (sluice.history), so they are not exported.");
        }
        return values;
    }

    /** If a misspelt value is ignored, the export may include more Provenance than the client wants. */
    private static void unknown(String value, IssueCollector issues) {
        String fault = ExportParameter.INCLUDE_ASSOCIATED_DATA + " '" + value + "' is not supported; use one of "
                + String.join(", ", AssociatedData.VALUES) + ".";
        if (value.isEmpty() || !Suggestions.advice(value, AssociatedData.VALUES).isEmpty()) {
            issues.notSupported(fault);
        } else {
            issues.notSupportedUnlessLenient(fault, "It is left out.");
        }
    }

    /** The types whose referenced resources are included. */
    List<String> referenced(KickOffParameters parameters, IssueCollector issues) {
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

    /** Checks the depth to which references are followed. */
    void depth(KickOffParameters parameters, IssueCollector issues) {
        for (String value : parameters.all(ExportParameter.INCLUDE_REFERENCED_DEPTH)) {
            if (!value.matches("[1-" + AssociatedData.DEEPEST + "]")) {
                issues.invalid(ExportParameter.INCLUDE_REFERENCED_DEPTH + " is '" + value
                        + "', but references are followed 1 to " + AssociatedData.DEEPEST + " times.");
            }
            if (!parameters.has(ExportParameter.INCLUDE_REFERENCED)) {
                issues.invalid(ExportParameter.INCLUDE_REFERENCED_DEPTH + " needs " + ExportParameter.INCLUDE_REFERENCED
                        + ", with the types to bring.");
            }
        }
    }
}
