package dev.sluice.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import dev.sluice.fhir.ResourceType;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The search parameters of R4, by resource type.
 *
 * <p>Read from HAPI's structures, type by type when first asked for, and then kept. Safe for any number of threads.
 *
 * @see <a href="https://hl7.org/fhir/R4/searchparameter-registry.html">the R4 search parameter registry</a>
 */
public final class SearchParameters {
    static final String ONLY_COMMON = "of the parameters that start with '_', only _id, _lastUpdated and _tag are";

    /** Of the parameters that every type has, those that mean something to an export. */
    private static final Set<String> COMMON = Set.of("_id", "_lastUpdated", "_tag");

    /** Parameters whose kind alone would compare them wrongly. */
    private static final Map<String, String> SPECIAL = Map.of("phonetic", "Sluice has no phonetic matching");

    private final FhirContext context;
    private final PathCompiler compiler;
    private final Map<ResourceType, NavigableMap<String, SearchParameter>> byType = new ConcurrentHashMap<>();

    public SearchParameters() {
        this.context = FhirContext.forR4Cached();
        this.compiler = new PathCompiler(new ElementModel(context));
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
        NavigableMap<String, SearchParameter> parameters = new TreeMap<>();
        for (RuntimeSearchParam source :
                context.getResourceDefinition(type.name()).getSearchParams()) {
            parameters.put(source.getName(), parameter(type, source));
        }
        return Collections.unmodifiableNavigableMap(parameters);
    }

    private SearchParameter parameter(ResourceType type, RuntimeSearchParam source) {
        SearchKind kind = SearchKind.valueOf(source.getParamType().name());
        String refusal = refusal(source.getName(), kind);
        if (refusal != null) {
            return new SearchParameter(type, source, List.of(), refusal);
        }
        Set<String> types = ValueReader.elementTypes(kind);
        List<ElementPath> paths = compiler.compile(type, source.getPath()).stream()
                .filter(path -> types.contains(path.type().name()))
                .toList();
        return new SearchParameter(
                type,
                source,
                paths,
                paths.isEmpty() ? "its expression " + source.getPath() + " is not supported" : null);
    }

    private static @Nullable String refusal(String name, SearchKind kind) {
        if (name.startsWith("_")) {
            return COMMON.contains(name) ? null : ONLY_COMMON;
        }
        if (ValueReader.elementTypes(kind).isEmpty()) {
            return kind.code() + " parameters are not supported";
        }
        return SPECIAL.get(name);
    }
}
