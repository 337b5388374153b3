package dev.sluice.search;

import dev.sluice.fhir.Nearest;
import dev.sluice.fhir.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the parameter that a query names, or says why a filter cannot use it. */
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

    /** R4 defines these without saying how to compare, or for something that Sluice does not have. */
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
    Optional<SearchParameter> find(ResourceType type, String name, Faults faults) {
        Optional<SearchParameter> found = parameters.find(type, name);
        Optional<String> fault = found.isPresent()
                ? found.get().refusal().map(r -> "uses " + name + " of " + type + ", which is not supported: " + r)
                : Optional.of(unknown(List.of(type), name));
        fault.ifPresent(faults::unsupported);
        return fault.isPresent() ? Optional.empty() : found;
    }

    /** Whether the type has a parameter of this name, be it supported or not; reverse chains start with one. */
    boolean isKnown(ResourceType type, String name) {
        return name.equals(LinkParser.HAS) || parameters.find(type, name).isPresent();
    }

    /** What to say of a name that none of the types has. */
    String unknown(Collection<ResourceType> types, String name) {
        String list = types.stream().map(ResourceType::name).collect(Collectors.joining(", "));
        if (RESULT_PARAMETERS.contains(name)) {
            return "uses " + name + ", which shapes a search result and has no place in an export of " + list
                    + "; leave it out";
        }
        if (REFUSED.containsKey(name)) {
            return "uses " + name + ", which is not supported: " + REFUSED.get(name);
        }
        Set<String> names = new TreeSet<>(Set.of(LinkParser.HAS));
        types.forEach(type -> parameters.of(type).stream()
                .filter(SearchParameter::isSupported)
                .forEach(parameter -> names.add(parameter.name())));
        return "uses " + Faults.quote(name) + ", which is no search parameter of " + list + Nearest.advice(name, names);
    }
}
