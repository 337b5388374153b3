package dev.sluice.r4;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildChoiceDefinition;
import ca.uhn.fhir.context.RuntimeChildContainedResources;
import ca.uhn.fhir.context.RuntimeChildDirectResource;
import ca.uhn.fhir.context.RuntimeChildExtension;
import ca.uhn.fhir.context.RuntimeIdDatatypeDefinition;
import ca.uhn.fhir.context.RuntimeResourceDefinition;
import dev.sluice.fhir.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON properties of each R4 type, from HAPI's structures. Each type is read at its first use. Safe for use by any
 * number of threads.
 */
public final class StructureModel {
    /** HAPI's own: no value of any type, {@code value[x]}, is of these. */
    private static final Set<String> NO_CHOICE = Set.of(
            "ElementDefinition",
            "Extension",
            "MarketingStatus",
            "Narrative",
            "Population",
            "ProdCharacteristic",
            "ProductShelfLife",
            "SubstanceAmount",
            "xhtml");

    /** Elements of later versions of FHIR that HAPI's classes for R4 have and R4 does not have. */
    private static final Map<String, Set<String>> NOT_IN_R4 = Map.of(
            "ChargeItemDefinition", Set.of("name"),
            "CompartmentDefinition", Set.of("jurisdiction", "title"),
            "EffectEvidenceSynthesis", Set.of("experimental"),
            "Evidence", Set.of("experimental"),
            "EvidenceVariable", Set.of("experimental"),
            "ExampleScenario", Set.of("description", "title"),
            "GraphDefinition", Set.of("title"),
            "NamingSystem", Set.of("experimental", "title", "url", "version"),
            "RiskEvidenceSynthesis", Set.of("experimental"),
            "SearchParameter", Set.of("title"));

    /**
     * One JSON property.
     *
     * @param list whether it is an array
     * @param value what it holds
     * @param choice the element of which it is one of several forms, such as {@code value[x]}; null for any other
     */
    record Property(boolean list, Value value, @Nullable String choice) {}

    /** What a property holds. */
    sealed interface Value permits Primitive, Complex, AnyResource {}

    /**
     * A primitive value, with an id and extensions in a property beside it.
     *
     * @param codes all codes that may be there; empty if that is not bound
     * @param extensible whether it may have an id and extensions at all
     */
    record Primitive(PrimitiveFormat format, List<String> codes, boolean extensible) implements Value {}

    record Complex(BaseRuntimeElementCompositeDefinition<?> definition) implements Value {}

    /** A whole resource of any type. */
    record AnyResource() implements Value {}

    private final FhirContext context = FhirContext.forR4Cached();
    private final Map<Class<?>, Map<String, Property>> known = new ConcurrentHashMap<>();

    private final Complex extension =
            new Complex((BaseRuntimeElementCompositeDefinition<?>) context.getElementDefinition("Extension"));

    private final Map<String, Property> besidePrimitives = Map.of(
            "id", new Property(false, new Primitive(PrimitiveFormat.of("string"), List.of(), false), null),
            "extension", new Property(true, extension, null));

    Map<String, Property> of(ResourceType type) {
        return of(new Complex(context.getResourceDefinition(type.name())));
    }

    Map<String, Property> of(Complex type) {
        Class<?> key = type.definition().getImplementingClass();
        Map<String, Property> properties = known.get(key);
        return properties == null ? known.computeIfAbsent(key, k -> read(type.definition())) : properties;
    }

    /** A data type by its name; empty if R4 has none of this name. */
    Optional<Value> dataType(String name) {
        BaseRuntimeElementDefinition<?> type = context.getElementDefinition(name); // in any case of letters
        if (type == null || !type.getName().equals(name)) {
            return Optional.empty();
        }
        if (type instanceof BaseRuntimeElementCompositeDefinition<?> complex) {
            return Optional.of(new Complex(complex));
        }
        return PrimitiveFormat.find(name).<Value>map(format -> new Primitive(format, List.of(), true));
    }

    /** The properties of the object beside a primitive value. */
    Map<String, Property> besidePrimitives() {
        return besidePrimitives;
    }

    boolean isExtension(Complex type) {
        return type.definition().equals(extension.definition());
    }

    private Map<String, Property> read(BaseRuntimeElementCompositeDefinition<?> definition) {
        boolean isResource = definition instanceof RuntimeResourceDefinition;
        Map<String, Property> properties = new LinkedHashMap<>();
        for (BaseRuntimeChildDefinition child : definition.getChildrenAndExtension()) {
            String name = child.getElementName();
            boolean list = child.getMax() != 1;
            if (child instanceof RuntimeChildExtension) {
                properties.put(name, new Property(true, extension, null));
            } else if (child instanceof RuntimeChildContainedResources || child instanceof RuntimeChildDirectResource) {
                properties.put(name, new Property(list, new AnyResource(), null));
            } else if (child instanceof RuntimeChildChoiceDefinition choice) {
                choices(choice).forEach(field -> properties.put(field, new Property(list, value(child, field), name)));
            } else if (name.equals("id") && !isResource) {
                properties.put(name, Objects.requireNonNull(besidePrimitives.get(name)));
            } else if (name.equals("url") && definition.equals(extension.definition())) {
                properties.put(
                        name, new Property(false, new Primitive(PrimitiveFormat.of("uri"), List.of(), false), null));
            } else {
                properties.put(name, new Property(list, value(child, name), null));
            }
        }
        properties.keySet().removeAll(NOT_IN_R4.getOrDefault(definition.getName(), Set.of()));
        return properties;
    }

    private static List<String> choices(RuntimeChildChoiceDefinition choice) {
        return R4Structure.fields(choice)
                .filter(field ->
                        !NO_CHOICE.contains(choice.getChildByName(field).getName()))
                .toList();
    }

    private static Value value(BaseRuntimeChildDefinition child, String field) {
        BaseRuntimeElementDefinition<?> definition = child.getChildByName(field);
        if (definition instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
            return new Complex(composite);
        }
        String type = definition.getName();
        boolean extensible =
                !type.equals("xhtml") && !(definition instanceof RuntimeIdDatatypeDefinition && field.equals("id"));
        return new Primitive(
                PrimitiveFormat.of(type),
                List.copyOf(R4Structure.codeSystems(child).keySet()),
                extensible);
    }
}
