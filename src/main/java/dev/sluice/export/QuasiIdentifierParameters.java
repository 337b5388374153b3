package dev.sluice.export;

import dev.sluice.fhir.Suggestions;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.QuasiIdentifier;
import java.util.List;
import java.util.stream.Stream;

/** Reads the parameters that ask how many patients share the values of quasi-identifiers. */
final class QuasiIdentifierParameters {
    private static final List<String> NAMES =
            Stream.of(QuasiIdentifier.values()).map(QuasiIdentifier::toString).toList();

    private QuasiIdentifierParameters() {}

    /** The quasi-identifiers. Without one of them, the classes would look larger, so none is left out. */
    static List<String> read(KickOffParameters parameters, IssueCollector issues) {
        List<String> names = parameters.list(ExportParameter.QUASI_IDENTIFIERS);
        for (String name : names) {
            if (!NAMES.contains(name)) {
                String advice = Suggestions.advice(name, NAMES);
                issues.notSupported(ExportParameter.QUASI_IDENTIFIERS + " '" + name + "' is not supported"
                        + (advice.isEmpty() ? "; use some of " + String.join(", ", NAMES) + "." : advice));
            }
        }
        for (String k : parameters.all(ExportParameter.K_ANONYMITY)) {
            if (k.matches("0{0,8}[01]")) {
                issues.invalid(ExportParameter.K_ANONYMITY + " is '" + k
                        + "'; it must be at least 2, or each patient would be enough.");
            }
        }
        if (parameters.has(ExportParameter.K_ANONYMITY) && names.isEmpty()) {
            issues.invalid(ExportParameter.K_ANONYMITY + " needs " + ExportParameter.QUASI_IDENTIFIERS
                    + ", with the values of Patient that are counted, such as birthYear,gender,zip3.");
        }
        return names;
    }
}
