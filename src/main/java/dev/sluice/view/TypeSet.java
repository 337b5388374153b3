package dev.sluice.view;

import dev.sluice.r4.ElementModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The types that the items of an expression can have, found without a resource.
 *
 * @param known whether these are all; otherwise nothing is known
 * @param models types of elements
 * @param system types of computed values, as FHIR names the primitive of the same kind, such as {@code integer}
 */
record TypeSet(boolean known, List<ElementModel> models, Set<String> system) {
    static final TypeSet UNKNOWN = new TypeSet(false, List.of(), Set.of());
    static final TypeSet NOTHING = new TypeSet(true, List.of(), Set.of());
    static final TypeSet BOOLEAN = of("boolean");
    static final TypeSet INTEGER = of("integer");
    static final TypeSet STRING = of("string");
    static final TypeSet DECIMAL = of("decimal");

    /** Names in FHIRPath of those types that its own values have. */
    private static final Map<String, String> SYSTEM = Map.of(
            "Boolean", "boolean",
            "Integer", "integer",
            "String", "string",
            "Decimal", "decimal",
            "Date", "date",
            "DateTime", "dateTime",
            "Time", "time");

    /** Whether this is the name of a type, as {@code ofType} names it. */
    static boolean isType(String name) {
        return SYSTEM.containsKey(name) || ElementModel.isType(name);
    }

    TypeSet {
        models = List.copyOf(models);
        system = Set.copyOf(system);
    }

    static TypeSet of(String system) {
        return new TypeSet(true, List.of(), Set.of(system));
    }

    static TypeSet of(ElementModel model) {
        return new TypeSet(true, List.of(model), Set.of());
    }

    /** The types of the children of a name. */
    TypeSet member(String name) {
        if (!known || models.stream().anyMatch(TypeSet::isAnyResource)) {
            return UNKNOWN;
        }
        return new TypeSet(
                true,
                models.stream()
                        .flatMap(model -> model.children().stream())
                        .filter(child -> child.name().equals(name))
                        .map(ElementModel.Child::type)
                        .distinct()
                        .toList(),
                Set.of());
    }

    static boolean isAnyResource(ElementModel model) {
        return model.kind() == ElementModel.Kind.RESOURCE && model.name().equals("Resource");
    }

    /** Those of a name. */
    TypeSet ofType(String name) {
        String computed = SYSTEM.getOrDefault(name, name);
        if (!known || models.stream().anyMatch(TypeSet::isAnyResource)) {
            return SYSTEM.containsKey(name)
                    ? of(computed)
                    : ElementModel.named(name).map(TypeSet::of).orElse(UNKNOWN);
        }
        return new TypeSet(
                true,
                models.stream().filter(model -> model.isA(name)).toList(),
                system.contains(computed) ? Set.of(computed) : Set.of());
    }

    TypeSet or(TypeSet other) {
        if (!known || !other.known) {
            return UNKNOWN;
        }
        List<ElementModel> both = new ArrayList<>(models);
        other.models.stream().filter(model -> !both.contains(model)).forEach(both::add);
        Set<String> computed = new TreeSet<>(system);
        computed.addAll(other.system);
        return new TypeSet(true, both, computed);
    }

    /** Whether it is known that nothing is selected. */
    boolean isNothing() {
        return known && models.isEmpty() && system.isEmpty();
    }

    /** The names of the types. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(system);
        models.forEach(model -> names.add(model.name()));
        return names;
    }

    /** The only type; null if there are several or none, or if they are not known. */
    @Nullable
    String single() {
        Set<String> names = names();
        return known && names.size() == 1 ? names.iterator().next() : null;
    }

    /** Whether it is known that no item has a value, since all are elements with children. */
    boolean isComplex() {
        return known
                && system.isEmpty()
                && !models.isEmpty()
                && models.stream().noneMatch(model -> model.kind() == ElementModel.Kind.PRIMITIVE);
    }

    /** Whether an item may be a primitive element, which can have an id and extensions. */
    boolean mayBePrimitive() {
        return !known || models.stream().anyMatch(model -> model.kind() == ElementModel.Kind.PRIMITIVE);
    }
}
