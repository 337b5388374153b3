package dev.sluice.deid;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildChoiceDefinition;
import ca.uhn.fhir.context.RuntimeChildContainedResources;
import ca.uhn.fhir.context.RuntimeChildDirectResource;
import ca.uhn.fhir.context.RuntimeChildExtension;
import ca.uhn.fhir.context.RuntimeResourceBlockDefinition;
import ca.uhn.fhir.context.RuntimeResourceDefinition;
import dev.sluice.fhir.ResourceType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.hl7.fhir.r4.model.Type;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes resources in which every element has a value with a marker in it, as have its extensions and its id; choices,
 * codes, the types of values of extensions and the forms of references are drawn.
 */
final class PlantedResource {
    private static final int MAX_DEPTH = 5;

    /** HAPI has these as types of an open choice; R4 has not. */
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

    private final FhirContext context = FhirContext.forR4Cached();
    private final Random random;
    private final PlantedValues values;
    private final List<ResourceType> types;
    private final List<Planted> planted = new ArrayList<>();

    PlantedResource(Random random) {
        this.random = random;
        this.values = new PlantedValues(random);
        this.types = ResourceType.all();
    }

    /** Of all resources so far. */
    List<Planted> planted() {
        return planted;
    }

    ObjectNode of(ResourceType type) {
        return resource(type, true);
    }

    /**
     * Where values are put.
     *
     * @param path the names in FHIRPath that lead there
     * @param within the same from the nearest data type on, and with it
     */
    private record Place(
            String resource, String path, String within, Deque<Object> types, boolean outermost, int extensions) {
        Place below(String name, BaseRuntimeElementCompositeDefinition<?> type) {
            Deque<Object> longer = new ArrayDeque<>(types);
            longer.add(type.getImplementingClass());
            String element = type instanceof RuntimeResourceBlockDefinition ? within + "." + name : type.getName();
            return new Place(resource, join(name), element, longer, outermost, extensions);
        }

        Place beside(String name, String type) {
            return new Place(resource, join(name), type, types, outermost, extensions);
        }

        Place extension(String name) {
            return new Place(resource, join(name), "Extension", types, outermost, extensions + 1);
        }

        String join(String name) {
            return path.isEmpty() ? name : path + "." + name;
        }

        /** Whether a type may occur once more: a block may be in itself, a data type may not. */
        boolean takes(BaseRuntimeElementCompositeDefinition<?> type) {
            int most = type instanceof RuntimeResourceBlockDefinition ? 2 : 1;
            return types.size() < MAX_DEPTH && Collections.frequency(types, type.getImplementingClass()) < most;
        }
    }

    private ObjectNode resource(ResourceType type, boolean outermost) {
        RuntimeResourceDefinition definition = context.getResourceDefinition(type.name());
        ObjectNode resource = JsonNodeFactory.instance.objectNode().put("resourceType", type.name());
        fill(resource, definition, new Place(type.name(), "", type.name(), new ArrayDeque<>(), outermost, 0));
        return resource;
    }

    private void fill(ObjectNode target, BaseRuntimeElementCompositeDefinition<?> definition, Place place) {
        for (BaseRuntimeChildDefinition child : definition.getChildrenAndExtension()) {
            String name = child.getElementName();
            if (child instanceof RuntimeChildExtension) {
                extensions(target, name, place);
            } else if (child instanceof RuntimeChildContainedResources) {
                if (place.outermost()) {
                    target.putArray(name).add(inner());
                }
            } else if (child instanceof RuntimeChildDirectResource) {
                if (place.outermost()) {
                    target.set(name, inner());
                }
            } else {
                put(target, child, child instanceof RuntimeChildChoiceDefinition choice ? draw(choice) : name, place);
            }
        }
    }

    /** A resource within the resource, but none in that one. */
    private ObjectNode inner() {
        return resource(types.get(random.nextInt(types.size())), false);
    }

    private String draw(RuntimeChildChoiceDefinition choice) {
        List<String> fields = choice.getValidChildNames().stream()
                .filter(field -> {
                    BaseRuntimeElementDefinition<?> type = choice.getChildByName(field);
                    boolean alias = type.getName().equals("Reference") && !field.endsWith("Reference");
                    return !alias
                            && Type.class.isAssignableFrom(type.getImplementingClass())
                            && !NO_CHOICE.contains(type.getName());
                })
                .sorted()
                .toList();
        return fields.get(random.nextInt(fields.size()));
    }

    private void put(ObjectNode target, BaseRuntimeChildDefinition child, String field, Place place) {
        BaseRuntimeElementDefinition<?> type = child.getChildByName(field);
        String name = child.getElementName().replace("[x]", "");
        boolean list = child.getMax() != 1;
        if (type instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
            int size = !place.takes(composite) ? 0 : list && place.types().size() < 2 ? 2 : 1;
            for (int i = 0; i < size; i++) {
                ObjectNode value = list ? target.withArrayProperty(field).addObject() : target.putObject(field);
                fill(value, composite, place.below(name, composite));
            }
        } else if (list) {
            primitives(target, child, field, place);
        } else {
            String primitive = typeOf(type, name, place);
            target.set(field, value(primitive, child, name, place));
            boolean extensible = !type.getName().equals("xhtml") && !field.equals("id");
            if (extensible && (place.extensions() == 0 || random.nextInt(4) == 0)) {
                beside(target.putObject("_" + field), name, primitive, place);
            }
        }
    }

    /** HAPI has another type for the ids of elements. */
    private static String typeOf(BaseRuntimeElementDefinition<?> type, String name, Place place) {
        return name.equals("id") && !place.path().isEmpty() ? "string" : type.getName();
    }

    /** Two values, of which the first has no extension, and then an extension without a value. */
    private void primitives(ObjectNode target, BaseRuntimeChildDefinition child, String field, Place place) {
        String type = child.getChildByName(field).getName();
        ArrayNode array = target.putArray(field);
        array.add(value(type, child, field, place));
        array.add(value(type, child, field, place));
        array.addNull();
        ArrayNode besides = target.putArray("_" + field);
        besides.addNull();
        beside(besides.addObject(), field, type, place);
        beside(besides.addObject(), field, type, place);
    }

    private void beside(ObjectNode target, String name, String type, Place place) {
        Place below = place.beside(name, type);
        plant(target, "id", "string", below);
        extensions(target, "extension", below);
    }

    private void extensions(ObjectNode target, String name, Place place) {
        if (place.extensions() < 2 && random.nextInt(place.extensions() == 0 ? 3 : 4) == 0) {
            extension(target.putArray(name).addObject(), place.extension(name));
        }
    }

    /** One with a value, or one with extensions. */
    private void extension(ObjectNode target, Place place) {
        plant(target, "id", "string", place);
        plant(target, "url", "uri", place);
        if (place.extensions() < 2 && random.nextInt(4) == 0) {
            extension(target.putArray("extension").addObject(), place.extension("extension"));
            return;
        }
        RuntimeChildChoiceDefinition choice = (RuntimeChildChoiceDefinition)
                ((BaseRuntimeElementCompositeDefinition<?>) context.getElementDefinition("Extension"))
                        .getChildByName("value[x]");
        String field = draw(choice);
        while (choice.getChildByName(field) instanceof BaseRuntimeElementCompositeDefinition<?> type
                && (!place.takes(type) || random.nextInt(4) != 0)) {
            field = draw(choice);
        }
        put(target, choice, field, place);
    }

    private JsonNode value(String type, BaseRuntimeChildDefinition child, String name, Place place) {
        boolean reference = place.within().equals("Reference") && name.equals("reference");
        return note(reference ? values.reference() : values.of(type, child), name, type, place);
    }

    private void plant(ObjectNode target, String name, String type, Place place) {
        target.set(name, note(values.of(type, null), name, type, place));
    }

    private JsonNode note(PlantedValues.Value value, String name, String type, Place place) {
        boolean elementId = name.equals("id") && !place.path().isEmpty();
        if (!value.marker().isEmpty()) {
            planted.add(new Planted(
                    value.marker(),
                    place.resource(),
                    place.join(name),
                    elementId ? "Element.id" : place.within() + "." + name,
                    type));
        }
        return value.json();
    }
}
