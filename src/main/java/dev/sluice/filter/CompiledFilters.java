package dev.sluice.filter;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.OwnBases;
import dev.sluice.store.IndexLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The compiled filters of one export, by type. Safe for use by any number of threads. */
public final class CompiledFilters {
    private final Map<ResourceType, List<TypeFilter>> filters = new TreeMap<>();
    private final OwnBases bases;
    private final ChainLookup chain;
    private final FilterIndex index;
    private final Map<ResourceType, Optional<IndexLookup>> found = new ConcurrentHashMap<>();

    CompiledFilters(List<TypeFilter> parsed, OwnBases bases, ChainLookup chain, FilterIndex index) {
        parsed.forEach(filter -> filters.computeIfAbsent(filter.type(), type -> new ArrayList<>())
                .add(filter));
        this.bases = bases;
        this.chain = chain;
        this.index = index;
    }

    /** Base URLs that mean this server in references. */
    public OwnBases bases() {
        return bases;
    }

    /** The types that have filters. */
    public SortedSet<ResourceType> types() {
        return new TreeSet<>(filters.keySet());
    }

    /** The filter for resources of a type. */
    public ResourceFilter of(ResourceType type) {
        return new ResourceFilter(all(type), chain);
    }

    /** The text of a type's filters, as {@link FilterCompiler#compile} reads it. */
    public List<String> texts(ResourceType type) {
        return all(type).stream().map(TypeFilter::toString).toList();
    }

    /** The rows of a type that indexes find; null if no index can be used, and all rows must be tested. */
    public @Nullable IndexLookup lookup(ResourceType type) {
        return found.computeIfAbsent(
                        type, t -> Optional.ofNullable(filters.containsKey(t) ? index.lookup(all(t)) : null))
                .orElse(null);
    }

    /** Issues of other resources that chains and {@code _has} clauses could not read. */
    public List<Issue> issues() {
        return chain.issues();
    }

    private List<TypeFilter> all(ResourceType type) {
        return filters.getOrDefault(type, List.of());
    }
}
