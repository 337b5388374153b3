package dev.sluice.r4;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition.ChildTypeEnum;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildChoiceDefinition;
import ca.uhn.fhir.context.RuntimeChildPrimitiveEnumerationDatatypeDefinition;
import dev.sluice.fhir.ResourceType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.EnumFactory;
import org.jspecify.annotations.Nullable;

/** Looks up the child elements of a type in HAPI's R4 structures, by their names in JSON. */
public final class R4Structure {
    /** The name of the type of an element that holds a whole resource. */
    public static final String RESOURCE = "Resource";

    private static final String REFERENCE = "Reference";

    /**
     * One place in a resource.
     *
     * @param field the name of the JSON field, such as {@code valueQuantity}
     * @param definition what is below it; null where HAPI holds none, as for a nested resource
     */
    record Place(String field, ElementType type, @Nullable BaseRuntimeElementDefinition<?> definition) {}

    private final FhirContext context;

    R4Structure(FhirContext context) {
        this.context = context;
    }

    Place root(ResourceType type) {
        return new Place("", new ElementType(type.name(), Map.of()), context.getResourceDefinition(type.name()));
    }

    /** The JSON forms of an element: none if the parent has no such child, several for a choice such as value[x]. */
    List<Place> children(Place parent, String element) {
        if (parent.definition() instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
            for (BaseRuntimeChildDefinition child : composite.getChildren()) {
                if (child.getElementName().equals(element)) {
                    return child instanceof RuntimeChildChoiceDefinition choice
                            ? choices(choice)
                            : List.of(place(child, element));
                }
            }
        }
        return List.of();
    }

    private static List<Place> choices(RuntimeChildChoiceDefinition choice) {
        return fields(choice).map(field -> place(choice, field)).toList();
    }

    /**
     * The JSON names of an element such as {@code value[x]}. HAPI lists a reference under the name of each target type, too,
     * such as valuePatient, which no JSON has.
     */
    static Stream<String> fields(RuntimeChildChoiceDefinition choice) {
        return choice.getValidChildNames().stream()
                .filter(field -> !choice.getChildByName(field).getName().equals(REFERENCE)
                        || field.equals(choice.getElementName() + REFERENCE))
                .sorted();
    }

    private static Place place(BaseRuntimeChildDefinition child, String field) {
        BaseRuntimeElementDefinition<?> definition = child.getChildByName(field);
        boolean isResource = definition == null || definition.getChildType() == ChildTypeEnum.RESOURCE;
        String name = isResource ? RESOURCE : definition.getName();
        return new Place(field, new ElementType(name, codeSystems(child)), definition);
    }

    /** The codes of a required binding, each with its code system; empty if no such binding exists. */
    @SuppressWarnings("unchecked") // the factory is the one of that enumeration
    static Map<String, String> codeSystems(BaseRuntimeChildDefinition child) {
        return child instanceof RuntimeChildPrimitiveEnumerationDatatypeDefinition bound
                        && bound.getInstanceConstructorArguments() instanceof EnumFactory<?> factory
                ? systems((EnumFactory<Enum<?>>) factory, bound.getBoundEnumType())
                : Map.of();
    }

    /** HAPI adds a constant NULL of its own to each enumeration. */
    private static Map<String, String> systems(EnumFactory<Enum<?>> factory, Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> !constant.name().equals("NULL"))
                .collect(Collectors.toMap(
                        factory::toCode, factory::toSystem, (first, second) -> first, LinkedHashMap::new));
    }
}
