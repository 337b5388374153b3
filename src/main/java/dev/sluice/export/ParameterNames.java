package dev.sluice.export;

import dev.sluice.fhir.Nearest;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.SearchParameter;
import dev.sluice.search.SearchParameters;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Knows the names of the parameters of a kick-off. With leniency a name that is not one of them is left out only if
 * nobody can have meant it to narrow the export.
 */
@Component
class ParameterNames {
    private static final Set<String> SUPPORTED = new TreeSet<>(Set.of(
            "_outputFormat",
            "_since",
            "_until",
            "_till",
            "_type",
            "_typeFilter",
            "_typefilter",
            "_container",
            "_elements",
            "organizeOutputBy",
            "patient",
            CompanionParameters.ASSOCIATED,
            CompanionParameters.REFERENCED,
            CompanionParameters.DEPTH,
            "_maxCount",
            "_isParallel",
            "allowPartialManifests"));

    /** What FHIR and Azure's server have besides search parameters that takes rows or elements away. */
    private static final Set<String> NARROWING = Set.of(
            "_anonymizationConfig",
            "_anonymizationConfigCollectionReference",
            "_anonymizationConfigEtag",
            "_content",
            "_filter",
            "_has",
            "_list",
            "_not-referenced",
            "_query",
            "_summary",
            "_text");

    /** What shapes a page of a search and takes nothing away. */
    private static final Set<String> HARMLESS =
            Set.of("_contained", "_containedType", "_count", "_include", "_revinclude", "_score", "_sort", "_total");

    private final Set<String> searchNames;

    ParameterNames(SearchParameters parameters) {
        this.searchNames = ResourceType.all().stream()
                .flatMap(type -> parameters.of(type).stream())
                .map(SearchParameter::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Complains of each name that is not supported. */
    void check(Asked asked) {
        for (String name : asked.given().names()) {
            if (!SUPPORTED.contains(name)) {
                complain(name, asked.complaints());
            }
        }
    }

    private void complain(String name, Complaints complaints) {
        String fault = "The parameter '" + name + "' is not supported";
        String plain = name.split("[:.]", 2)[0];
        String meant = SUPPORTED.stream()
                .filter(right -> right.equalsIgnoreCase(name) || right.equalsIgnoreCase("_" + name))
                .findFirst()
                .map(right -> "; names are case-sensitive, did you mean '" + right + "'?")
                .orElse("");
        if (meant.isEmpty() && searchNames.contains(plain)) {
            complaints.narrowing(fault + "; it is a search parameter, which stands in a _typeFilter, such as"
                    + " _typeFilter=Patient%3Fgender%3Dmale.");
            return;
        }
        if (meant.isEmpty() && !HARMLESS.contains(plain)) {
            meant = Nearest.advice(name, SUPPORTED);
        }
        if (NARROWING.contains(plain) || !meant.isEmpty()) {
            complaints.narrowing(fault + (meant.isEmpty() ? supported() : meant));
        } else {
            complaints.leave(fault + supported(), "It is left out.");
        }
    }

    private static String supported() {
        return "; supported are " + String.join(", ", SUPPORTED) + ".";
    }
}
