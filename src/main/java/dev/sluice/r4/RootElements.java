package dev.sluice.r4;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.ResourceType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;
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
        return names(found.get(), element).isEmpty() ? unknown(found.get(), element) : null;
    }

    /**
     * The names of the JSON properties that stay in a resource when only these elements are asked for: they, those that are
     * mandatory, and those that the others cannot be understood without.
     *
     * @param elements names that {@link #fault} has no objection to; others are passed over
     */
    public Set<String> staying(ResourceType type, List<String> elements) {
        Set<String> staying = new HashSet<>(ALWAYS);
        elements.forEach(element -> staying.addAll(names(type, element)));
        for (BaseRuntimeChildDefinition child : children(type)) {
            if (child.getMin() > 0) {
                staying.addAll(child.getValidChildNames());
            }
        }
        Set<String> withExtensions = new HashSet<>(staying);
        staying.forEach(name -> withExtensions.add("_" + name)); // id and extensions of a primitive
        return withExtensions;
    }

    /**
     * The names of the JSON properties that stay in a resource of a type for {@code _elements}; null if none of the elements
     * is for this type, which is left whole.
     *
     * @param elements such as {@code Patient.name}, or {@code name} for all types
     */
    public @Nullable Set<String> properties(ResourceType type, List<String> elements) {
        List<String> wanted = elements.stream()
                .filter(element -> !element.contains(".") || element.startsWith(type + "."))
                .map(element -> element.substring(element.indexOf('.') + 1))
                .toList();
        return wanted.isEmpty() ? null : staying(type, wanted);
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

    private String unknown(ResourceType type, String element) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String nearest = children(type).stream()
                .map(BaseRuntimeChildDefinition::getElementName)
                .min((a, b) -> Integer.compare(distance.apply(a, element), distance.apply(b, element)))
                .orElse("id");
        return type + " has no element '" + element + "', did you mean '" + nearest + "'?";
    }

    private List<BaseRuntimeChildDefinition> children(ResourceType type) {
        return context.getResourceDefinition(type.name()).getChildren();
    }
}
