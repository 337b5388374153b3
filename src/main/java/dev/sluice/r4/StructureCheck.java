package dev.sluice.r4;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.r4.StructureModel.AnyResource;
import dev.sluice.r4.StructureModel.Complex;
import dev.sluice.r4.StructureModel.Primitive;
import dev.sluice.r4.StructureModel.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Validates the structure of one resource against R4 and collects the errors with their paths. For use by one thread.
 */
public final class StructureCheck {
    private static final int QUOTED = 60;
    private static final int CODES_TOLD = 12;

    /** No resource of R4's own examples comes near it. */
    private static final int DEEPEST = 200;

    private final StructureModel model;
    private final int most;
    private final List<Issue> faults = new ArrayList<>();
    private int depth;

    /** @param most the largest number of errors; if more exist, one additional error says so */
    public StructureCheck(StructureModel model, int most) {
        this.model = model;
        this.most = most;
    }

    /**
     * A place in a resource.
     *
     * @param index its position in an array; negative if it is not in one
     */
    private record Place(@Nullable Place parent, String name, int index) {
        Place of(String property) {
            return new Place(this, property, -1);
        }

        Place at(int position) {
            return new Place(parent, name, position);
        }

        @Override
        public String toString() {
            return (parent == null ? "" : parent + ".") + name + (index < 0 ? "" : "[" + index + "]");
        }
    }

    public List<Issue> faults() {
        return faults;
    }

    public void resource(ResourceType type, ObjectNode resource) {
        properties(resource, model.of(type), new Place(null, type.name(), -1), true);
    }

    private void inner(JsonNode value, Place place) {
        Optional<ResourceType> type = Optional.ofNullable(value.get("resourceType"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .flatMap(ResourceType::find);
        if (value.isObject() && type.isPresent()) {
            properties((ObjectNode) value, model.of(type.get()), place, true);
        } else {
            fault(place, value, "must be a resource, an object whose 'resourceType' is a type of R4");
        }
    }

    private void object(JsonNode value, Complex type, Place place) {
        if (!value.isObject()) {
            fault(place, value, "must be an object, in '{' and '}'");
            return;
        }
        properties((ObjectNode) value, model.of(type), place, false);
        if (model.isExtension(type)) {
            extension((ObjectNode) value, place);
        }
    }

    /** Every level takes room on the stack of the thread, of which a request has little. */
    private void properties(ObjectNode object, Map<String, Property> known, Place place, boolean isResource) {
        if (depth == DEEPEST) {
            add(place + " is nested deeper than " + DEEPEST + " elements.");
            return;
        }
        depth++;
        members(object, known, place, isResource);
        depth--;
    }

    private void members(ObjectNode object, Map<String, Property> known, Place place, boolean isResource) {
        if (object.isEmpty()) {
            fault(place, object, "must not be empty; leave it out");
        }
        Map<String, String> chosen = new HashMap<>(0);
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String name = member.getKey();
            boolean beside = name.startsWith("_");
            String element = beside ? name.substring(1) : name;
            Property property = known.get(element);
            if (property == null || (beside && !(property.value() instanceof Primitive p && p.extensible()))) {
                if (!(isResource && name.equals("resourceType"))) {
                    add(unknown(place, name, known.keySet()));
                }
            } else if (!beside || !object.has(element)) {
                choose(property, element, chosen, place);
                property(property, object.get(element), object.get("_" + element), place.of(element));
            }
        }
    }

    private static String unknown(Place place, String name, Set<String> known) {
        if (name.isEmpty()) {
            return place + " has a property with an empty name, which is no element of R4.";
        }
        String advice = Suggestions.advice(name, known);
        return place.of(name) + " is no element of R4" + (advice.isEmpty() ? "." : advice);
    }

    private void choose(Property property, String element, Map<String, String> chosen, Place place) {
        if (property.choice() != null) {
            String other = chosen.putIfAbsent(property.choice(), element);
            if (other != null) {
                add(place.of(element) + " must not be there beside " + other + ": " + property.choice()
                        + "[x] has one value.");
            }
        }
    }

    private void property(Property property, @Nullable JsonNode value, @Nullable JsonNode beside, Place place) {
        boolean valueFits = value == null || hasShape(property, value, place);
        boolean besideFits = beside == null || hasShape(property, beside, besides(place));
        if (!valueFits || !besideFits) {
            return;
        }
        if (!property.list()) {
            value(property, value, beside, place);
            return;
        }
        int size = Math.max(value == null ? 0 : value.size(), beside == null ? 0 : beside.size());
        for (int i = 0; i < size; i++) {
            value(property, at(value, i), at(beside, i), place.at(i));
        }
    }

    /** An array that is not empty for a list, and anything else for a single value. */
    private boolean hasShape(Property property, JsonNode value, Place place) {
        if (value.isArray() != property.list()) {
            fault(place, value, property.list() ? "must be an array, in '[' and ']'" : "must be a single value");
            return false;
        }
        if (value.isEmpty() && value.isArray()) {
            fault(place, value, "must not be empty; leave it out");
            return false;
        }
        if (value.isNull()) {
            fault(place, value, "must not be null; leave it out");
            return false;
        }
        return true;
    }

    /** In arrays, a null stands for what is only in the array beside it. */
    private static @Nullable JsonNode at(@Nullable JsonNode array, int index) {
        JsonNode value = array == null ? null : array.get(index);
        return value == null || value.isNull() ? null : value;
    }

    private void value(Property property, @Nullable JsonNode value, @Nullable JsonNode beside, Place place) {
        if (value == null && beside == null) {
            add(place + " must not be null.");
        }
        if (value != null && property.value() instanceof Primitive primitive) {
            primitive(primitive, value, place);
        } else if (value != null && property.value() instanceof Complex type) {
            object(value, type, place);
        } else if (value != null && property.value() instanceof AnyResource) {
            inner(value, place);
        }
        if (beside instanceof ObjectNode object) {
            properties(object, model.besidePrimitives(), besides(place), false);
        } else if (beside != null) {
            fault(besides(place), beside, "must be an object, in '{' and '}'");
        }
    }

    private void primitive(Primitive primitive, JsonNode value, Place place) {
        String form = primitive.format().fault(value);
        if (form != null) {
            fault(place, value, "must be " + form);
        } else if (!primitive.codes().isEmpty() && !primitive.codes().contains(value.stringValue())) {
            List<String> codes = primitive.codes();
            fault(
                    place,
                    value,
                    "must be one of " + String.join(", ", codes.subList(0, Math.min(CODES_TOLD, codes.size())))
                            + (codes.size() > CODES_TOLD ? " and others" : ""));
        }
    }

    private void extension(ObjectNode extension, Place place) {
        boolean hasValue =
                extension.propertyNames().stream().anyMatch(n -> n.startsWith("value") || n.startsWith("_v"));
        if (!extension.has("url")) {
            add(place + " must have a url.");
        }
        if (hasValue == extension.has("extension")) {
            add(place + " must have a value or extensions, " + (hasValue ? "not both." : "and has neither."));
        }
    }

    private static Place besides(Place place) {
        return new Place(place.parent(), "_" + place.name(), place.index());
    }

    private void fault(Place place, JsonNode value, String rule) {
        add(place + " is " + brief(value) + ", but it " + rule + ".");
    }

    private static String brief(JsonNode value) {
        if (value.isContainer()) {
            String kind = value.isObject() ? "object" : "array";
            return (value.isEmpty() ? "an empty " : "an ") + kind;
        }
        String text = value.toString();
        return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…";
    }

    private void add(String sentence) {
        if (faults.size() < most) {
            faults.add(Issue.error("structure", sentence));
        } else if (faults.size() == most) {
            faults.add(Issue.error("structure", "There are more faults than these " + most + "."));
        }
    }
}
