package dev.sluice.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import dev.sluice.fhir.ResourceType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One search parameter of one resource type, as R4 defines it, and whether Sluice can filter by it.
 *
 * <p>Immutable and used by many threads.
 */
public final class SearchParameter {
    private final ResourceType type;
    private final String name;
    private final SearchKind kind;
    private final String expression;
    private final String description;
    private final List<ElementPath> paths;
    private final @Nullable String refusal;

    SearchParameter(ResourceType type, RuntimeSearchParam source, List<ElementPath> paths, @Nullable String refusal) {
        this.type = type;
        this.name = source.getName();
        this.kind = SearchKind.valueOf(source.getParamType().name());
        this.expression = orEmpty(source.getPath());
        this.description = orEmpty(source.getDescription());
        this.paths = paths;
        this.refusal = refusal;
    }

    public ResourceType type() {
        return type;
    }

    /** The name in a query, such as {@code birthdate}. */
    public String name() {
        return name;
    }

    public SearchKind kind() {
        return kind;
    }

    /** The FHIRPath expression that finds the elements. */
    public String expression() {
        return expression;
    }

    /** What R4 says about it, in Markdown. */
    public String description() {
        return description;
    }

    /** Whether a {@code _typeFilter} may use it. */
    public boolean isSupported() {
        return refusal == null;
    }

    /** Why a {@code _typeFilter} may not use it, as the second half of a sentence; empty if it may. */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** The union of places to look at, of the types that this kind compares; empty if not supported. */
    List<ElementPath> paths() {
        return paths;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public String toString() {
        return type + "?" + name;
    }
}
