package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.match.FilterIssues;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the search parameter that a query names, or reports why a filter cannot use it. */
final class ParameterFinder {
    private static final Set<String> RESULT_PARAMETERS = Set.of(
            "_sort",
            "_count",
            "_include",
            "_revinclude",
            "_summary",
            "_total",
            "_elements",
            "_contained",
            "_containedType",
            "_score",
            "_format",
            "_pretty");

    /** Parameters that remove elements. */
    private static final Set<String> OF_CONTENT = Set.of("_summary", "_elements");

    /** Parameters that R4 defines without a comparison, or for features that Sluice does not have. */
    private static final Map<String, String> REFUSED = Map.of(
            "_text", "Sluice has no full-text search; use string parameters with :contains",
            "_content", "Sluice has no full-text search; use string parameters with :contains",
            "_list", "Sluice does not look into Lists; list the ids in _id",
            "_query", "Sluice has no named queries",
            "_filter", "it is another language; use search parameters",
            "_type", "the type stands before the '?'");

    private final SearchParameters parameters;

    ParameterFinder(SearchParameters parameters) {
        this.parameters = parameters;
    }

    /**
     * Empty after adding to the faults.
     *
     * @param name without modifier
     */
    Optional<SearchParameter> find(ResourceType type, String name, FilterIssues faults) {
        Optional<SearchParameter> found = parameters.find(type, name);
        if (found.isEmpty()) {
            unknown(List.of(type), name, faults);
            return Optional.empty();
        }
        Optional<String> refusal = found.get().refusal();
        refusal.ifPresent(
                reason -> faults.unsupported("uses " + name + " of " + type + ", which is not supported: " + reason));
        return refusal.isPresent() ? Optional.empty() : found;
    }

    /**
     * Whether the type has a parameter with this name, supported or not, including the names that start reverse chains.
     */
    boolean isKnown(ResourceType type, String name) {
        return name.equals(ChainParser.HAS) || parameters.find(type, name).isPresent();
    }

    /** Adds a fault for a name that none of the types has. */
    void unknown(Collection<ResourceType> types, String name, FilterIssues faults) {
        String list = types.stream().map(ResourceType::name).collect(Collectors.joining(", "));
        if (RESULT_PARAMETERS.contains(name)) {
            String reason = "uses " + name + ", which shapes a search result and has no place in an export of " + list
                    + "; leave it out";
            if (OF_CONTENT.contains(name)) {
                faults.misspelt(reason + ", or use _elements beside _typeFilter");
            } else {
                faults.unsupported(reason);
            }
            return;
        }
        if (REFUSED.containsKey(name)) {
            faults.unsupported("uses " + name + ", which is not supported: " + REFUSED.get(name));
            return;
        }
        Set<String> names = new TreeSet<>(Set.of(ChainParser.HAS));
        types.forEach(type -> parameters.of(type).stream()
                .filter(SearchParameter::isSupported)
                .forEach(parameter -> names.add(parameter.name())));
        String advice = Suggestions.advice(name, names);
        String reason = "uses " + FilterIssues.quote(name) + ", which is no search parameter of " + list + advice;
        if (advice.isEmpty()) {
            faults.unsupported(reason);
        } else {
            faults.misspelt(reason);
        }
    }
}
