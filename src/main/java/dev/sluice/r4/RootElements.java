package dev.sluice.r4;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The root elements of each R4 type, and which of them are mandatory.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RootElements {
    /** What every resource keeps: what it is, and what would change the meaning of the rest. */
    private static final Set<String> ALWAYS =
            Set.of("resourceType", "id", "meta", "implicitRules", "modifierExtension");

    private final FhirContext context = FhirContext.forR4Cached();

    /** Why a type has no such element, as half a sentence; null if it has. An empty type stands for any. */
    public @Nullable String fault(String type, String element) {
        if (type.isEmpty()) {
            return ResourceType.all().stream()
                            .anyMatch(any -> !names(any, element).isEmpty())
                    ? null
                    : "no resource has an element of this name";
        }
        Optional<ResourceType> found = ResourceType.find(type);
        if (found.isEmpty()) {
            return ResourceType.unknown(type).replaceAll("\\.$", "");
        }
        List<String> known = children(found.get()).stream()
                .map(BaseRuntimeChildDefinition::getElementName)
                .toList();
        return names(found.get(), element).isEmpty()
                ? type + " has no element '" + element + "'" + Suggestions.advice(element, known)
                : null;
    }

    /**
     * The names of the JSON properties that stay in a resource of a type for {@code _elements}: the requested ones, those
     * that are mandatory, and those that the others cannot be understood without. Null if none of the elements is for this
     * type, which is left whole.
     *
     * @param elements such as {@code Patient.name}, or {@code name} for all types; unknown ones have no effect
     */
    public @Nullable Set<String> properties(ResourceType type, List<String> elements) {
        List<String> wanted = elements.stream()
                .filter(element -> !element.contains(".") || element.startsWith(type + "."))
                .map(element -> element.substring(element.indexOf('.') + 1))
                .toList();
        if (wanted.isEmpty()) {
            return null;
        }
        Set<String> staying = new HashSet<>(ALWAYS);
        wanted.forEach(element -> staying.addAll(names(type, element)));
        children(type).stream()
                .filter(child -> child.getMin() > 0)
                .forEach(child -> staying.addAll(child.getValidChildNames()));
        Set<String> withExtensions = new HashSet<>(staying);
        staying.forEach(name -> withExtensions.add("_" + name)); // id and extensions of a primitive
        return withExtensions;
    }

    /** Several for a choice such as {@code value[x]}, which may also be asked for as {@code value}. */
    private Set<String> names(ResourceType type, String element) {
        for (BaseRuntimeChildDefinition child : children(type)) {
            String name = child.getElementName();
            if (name.equals(element) || name.equals(element + "[x]") || (name + "[x]").equals(element)) {
                return child.getValidChildNames();
            }
            if (child.getValidChildNames().contains(element)) {
                return Set.of(element);
            }
        }
        return ALWAYS.contains(element) ? Set.of(element) : Set.of();
    }

    private List<BaseRuntimeChildDefinition> children(ResourceType type) {
        return context.getResourceDefinition(type.name()).getChildren();
    }
}
