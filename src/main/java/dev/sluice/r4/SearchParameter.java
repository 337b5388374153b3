package dev.sluice.r4;

import ca.uhn.fhir.context.RuntimeSearchParam;
import dev.sluice.fhir.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One search parameter of one resource type, as R4 defines it, and whether Sluice can filter by it.
 *
 * @param name the name in a query, such as {@code birthdate}
 * @param targets of a reference, the types that it may refer to; every type where R4 names none
 */
public record SearchParameter(
        ResourceType type, String name, SearchParamType kind, List<ResourceType> targets, Places places) {
    /**
     * Where the values are, in forms for the different questions; all are empty if the parameter is not supported.
     *
     * @param all what the expression finds
     * @param compared the part of it whose types the kind compares
     * @param composites of a composite parameter, the elements whose components belong together
     */
    record Places(
            List<ElementPath> all,
            List<ElementPath> compared,
            List<Composite> composites,
            @Nullable String refusal) {
        static Places refused(String reason) {
            return new Places(List.of(), List.of(), List.of(), reason);
        }
    }

    /**
     * Elements of a composite parameter: the values between the {@code $} must be found in the same one.
     *
     * @param components in the order of the values
     */
    public record Composite(ElementPath element, List<Component> components) {}

    /**
     * Where one value of a composite parameter is.
     *
     * @param parameter whose kind compares it
     * @param ofResource whether the paths start at the resource, and not at the composite's element
     */
    public record Component(SearchParameter parameter, List<ElementPath> paths, boolean ofResource) {}

    SearchParameter(ResourceType type, RuntimeSearchParam source, Places places) {
        this(
                type,
                source.getName(),
                SearchParamType.valueOf(source.getParamType().name()),
                targets(source),
                places);
    }

    /** Whether a {@code _typeFilter} may use it. */
    public boolean isSupported() {
        return places.refusal() == null;
    }

    /** Why a {@code _typeFilter} may not use it, as the second half of a sentence; empty if it may. */
    public Optional<String> refusal() {
        return Optional.ofNullable(places.refusal());
    }

    private static List<ResourceType> targets(RuntimeSearchParam source) {
        List<ResourceType> named = source.getTargets().stream()
                .flatMap(target -> ResourceType.find(target).stream())
                .sorted()
                .distinct()
                .toList();
        return named.isEmpty() ? ResourceType.all() : named;
    }

    /** The union of places to look at, of the types that this kind compares; empty if not supported. */
    public List<ElementPath> paths() {
        return places.compared();
    }

    /** The union of places that the expression names, of whatever type. */
    public List<ElementPath> elements() {
        return places.all();
    }

    /** Of a composite parameter, what it compares; else empty. */
    public List<Composite> composites() {
        return places.composites();
    }

    /** Whether one of its elements is of this type. */
    public boolean has(String elementType) {
        return paths().stream().anyMatch(path -> path.type().name().equals(elementType));
    }

    /** Whether all of its elements are of these types. */
    public boolean hasOnly(Set<String> elementTypes) {
        return paths().stream()
                .allMatch(path -> elementTypes.contains(path.type().name()));
    }

    /** A filter looks it up for each row, so the hash is a cheap one. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return type + "?" + name;
    }
}
