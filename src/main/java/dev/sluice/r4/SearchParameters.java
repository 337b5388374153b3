package dev.sluice.r4;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import dev.sluice.fhir.ResourceType;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The search parameters of R4, by resource type.
 *
 * <p>They are read from HAPI's structures at the first use of each type, and cached. Safe for use by any number of
 * threads.
 *
 * @see <a href="https://hl7.org/fhir/R4/searchparameter-registry.html">the R4 search parameter registry</a>
 */
public final class SearchParameters {
    private final FhirContext context;
    private final ParameterCompiler compiler;
    private final Map<ResourceType, NavigableMap<String, SearchParameter>> byType = new ConcurrentHashMap<>();

    public SearchParameters() {
        this.context = FhirContext.forR4Cached();
        this.compiler = new ParameterCompiler(new PathCompiler(new R4Structure(context)));
    }

    /** The parameter of this name, spelled exactly; it may be one that {@link SearchParameter#refusal refuses}. */
    public Optional<SearchParameter> find(ResourceType type, String name) {
        return Optional.ofNullable(byName(type).get(name));
    }

    /** Every parameter that R4 defines for the type, by name, with those that are not supported. */
    public Collection<SearchParameter> of(ResourceType type) {
        return byName(type).values();
    }

    private NavigableMap<String, SearchParameter> byName(ResourceType type) {
        return byType.computeIfAbsent(type, this::read);
    }

    private NavigableMap<String, SearchParameter> read(ResourceType type) {
        List<RuntimeSearchParam> sources =
                context.getResourceDefinition(type.name()).getSearchParams();
        NavigableMap<String, SearchParameter> parameters = new TreeMap<>();
        parameters.put(ParameterCompiler.SOURCE.getName(), compiler.simple(type, ParameterCompiler.SOURCE));
        for (RuntimeSearchParam source : sources) {
            if (source.getParamType() != RestSearchParameterTypeEnum.COMPOSITE) {
                parameters.put(source.getName(), compiler.simple(type, source));
            }
        }
        // A composite parameter consists of other parameters, which are complete now.
        for (RuntimeSearchParam source : sources) {
            if (source.getParamType() == RestSearchParameterTypeEnum.COMPOSITE) {
                parameters.put(source.getName(), compiler.composite(type, source, parameters));
            }
        }
        return Collections.unmodifiableNavigableMap(parameters);
    }
}
