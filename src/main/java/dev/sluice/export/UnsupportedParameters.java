package dev.sluice.export;

import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.planner.ExportParameter;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Finds the unsupported parameters of a kick-off. With lenient handling such a parameter is ignored only if it cannot
 * limit the export.
 */
@Component
class UnsupportedParameters {
    private static final Set<String> SUPPORTED = Stream.of(ExportParameter.values())
            .flatMap(parameter -> parameter.names().stream())
            .collect(Collectors.toCollection(TreeSet::new));

    /** Azure's server takes an image of a container registry by it. */
    private static final String CONFIG_IN_REGISTRY = "_anonymizationConfigCollectionReference";

    /** Parameters of FHIR and of Azure's server, besides search parameters, that remove rows or elements. */
    private static final Set<String> NARROWING = Set.of(
            CONFIG_IN_REGISTRY,
            "_content",
            "_filter",
            "_has",
            "_list",
            "_not-referenced",
            "_query",
            "_summary",
            "_text");

    /** Parameters that format a page of a search and remove nothing. */
    private static final Set<String> HARMLESS =
            Set.of("_contained", "_containedType", "_count", "_include", "_revinclude", "_score", "_sort", "_total");

    private final Set<String> searchNames;

    UnsupportedParameters(SearchParameters parameters) {
        this.searchNames = ResourceType.all().stream()
                .flatMap(type -> parameters.of(type).stream())
                .map(SearchParameter::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    void report(KickOffParameters parameters, IssueCollector issues) {
        for (String name : parameters.names()) {
            if (!SUPPORTED.contains(name)) {
                report(name, issues);
            }
        }
    }

    private void report(String name, IssueCollector issues) {
        String fault = "The parameter '" + name + "' is not supported";
        if (name.equals(CONFIG_IN_REGISTRY)) {
            issues.notSupported(
                    fault + ": rule files are not read from a container registry. Put the file into the container "
                            + ContainerName.ANONYMIZATION + " of the storage, and name it in "
                            + ExportParameter.ANONYMIZATION_CONFIG + ".");
            return;
        }
        String plain = name.split("[:.]", 2)[0];
        String meant = SUPPORTED.stream()
                .filter(right -> right.equalsIgnoreCase(name) || right.equalsIgnoreCase("_" + name))
                .findFirst()
                .map(right -> "; names are case-sensitive, did you mean '" + right + "'?")
                .orElse("");
        if (meant.isEmpty() && searchNames.contains(plain)) {
            issues.notSupported(fault + "; it is a search parameter, which stands in a _typeFilter, such as"
                    + " _typeFilter=Patient%3Fgender%3Dmale.");
            return;
        }
        if (meant.isEmpty() && !HARMLESS.contains(plain)) {
            meant = Suggestions.advice(name, SUPPORTED);
        }
        if (NARROWING.contains(plain) || !meant.isEmpty()) {
            issues.notSupported(fault + (meant.isEmpty() ? supported() : meant));
        } else {
            issues.notSupportedUnlessLenient(fault + supported(), "It is left out.");
        }
    }

    private static String supported() {
        return "; supported are " + String.join(", ", SUPPORTED) + ".";
    }
}
