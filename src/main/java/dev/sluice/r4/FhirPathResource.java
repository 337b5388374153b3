package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel.Child;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.XhtmlType;

/**
 * A resource as HAPI has it, and where each of its elements is in the JSON. Its faults say nothing of the content. For use by
 * one thread.
 */
public final class FhirPathResource {
    /** An object of HAPI takes much more memory than its JSON, and an expression may go through all of them. */
    private static final int MOST_NODES = 100_000;

    private static final int MOST_BYTES = 16 << 20;
    private static final int DEEPEST = 200;

    private final JsonTape tape;
    private final Base resource;
    private final List<Integer> ids = new ArrayList<>();
    private final List<Integer> narratives = new ArrayList<>();
    private final IdentityHashMap<Base, int[]> places = new IdentityHashMap<>();

    private FhirPathResource(JsonTape tape, Resource resource) {
        this.tape = tape;
        this.resource = resource;
    }

    /**
     * Reads a resource.
     *
     * @param node where it is on the tape
     * @throws IllegalArgumentException if it is too large, or not as R4 defines it
     */
    public static FhirPathResource read(JsonTape tape, int node, ResourceType type) {
        int length = tape.end(node) - tape.start(node);
        if (length > MOST_BYTES || tape.next(node) - node > MOST_NODES || tape.deepest() > DEEPEST) {
            throw new IllegalArgumentException("the resource is too large for FHIRPath");
        }
        IParser parser = FhirContext.forR4Cached().newJsonParser();
        parser.setParserErrorHandler(new LenientErrorHandler(false).setErrorOnInvalidValue(false));
        parser.setOverrideResourceIdWithBundleEntryFullUrl(false);
        try {
            String json = new String(tape.json(), tape.start(node), length, UTF_8);
            FhirPathResource read = new FhirPathResource(tape, (Resource) parser.parseResource(json));
            read.object(node, read.resource, ElementModel.of(type));
            return read;
        } catch (RuntimeException e) {
            throw FhirPath.failed();
        }
    }

    /**
     * Passes the nodes of the elements that an expression selects to the receiver: the value, and the object beside a
     * primitive value.
     *
     * @throws IllegalArgumentException if it cannot be evaluated, or selects what is no element of the resource
     */
    public void select(String expression, IntConsumer receiver) {
        List<Base> selected;
        try {
            selected = FhirPath.shared().evaluate(resource, FhirPath.parse(expression));
        } catch (RuntimeException e) {
            throw FhirPath.failed();
        }
        for (Base element : selected) {
            nodesOf(element).forEach(receiver);
        }
    }

    /** HAPI makes ids of resources and the texts of narratives when it evaluates, so these are found by what they are. */
    private IntStream nodesOf(Base element) {
        int[] nodes = places.get(element);
        if (nodes != null) {
            return IntStream.of(nodes);
        }
        if (element instanceof IdType id) {
            return ids.stream()
                    .mapToInt(node -> node)
                    .filter(node -> tape.text(node).equals(id.getIdPart()));
        }
        if (element instanceof XhtmlType && narratives.size() == 1) {
            return IntStream.of(narratives.get(0));
        }
        if (element.isEmpty()) {
            return IntStream.of(); // a Meta that the JSON does not have
        }
        throw new IllegalArgumentException("the path gives something that is no element of the resource");
    }

    private void object(int node, Base element, ElementModel type) {
        add(element, node);
        Map<String, List<Base>> children = new HashMap<>();
        for (Property property : element.children()) {
            children.put(property.getName().replace("[x]", ""), property.getValues());
        }
        for (int field = node + 1; field < tape.next(node); field = tape.next(field + 1)) {
            int place = type.find(tape, field);
            Child child = place < 0 ? null : type.children().get(place >> 1);
            if (child != null) {
                field(field + 1, children.getOrDefault(child.name(), List.of()), child, type);
            }
        }
    }

    private void field(int value, List<Base> elements, Child child, ElementModel parent) {
        if (child.type().name().equals("xhtml")) {
            narratives.add(value);
        } else if (child.field().equals("id") && parent.kind() == ElementModel.Kind.RESOURCE) {
            ids.add(value);
        } else if (!child.field().equals("id") || !elements.isEmpty()) {
            values(value, elements, child);
        }
    }

    private void values(int value, List<Base> elements, Child child) {
        boolean array = tape.kind(value) == JsonTape.ARRAY;
        int end = array ? tape.next(value) : value + 1;
        int i = 0;
        for (int node = array ? value + 1 : value; node < end; node = tape.next(node)) {
            if (i == elements.size()) {
                throw new IllegalArgumentException("HAPI has not all elements");
            }
            value(node, elements.get(i), child);
            i++;
        }
    }

    private void value(int node, Base element, Child child) {
        if (tape.kind(node) != JsonTape.OBJECT) {
            if (tape.kind(node) != JsonTape.NULL) {
                add(element, node);
            }
        } else if (child.type().kind() == ElementModel.Kind.RESOURCE) {
            object(node, element, ElementModel.of(ResourceType.of(element.fhirType())));
        } else {
            object(node, element, child.type());
        }
    }

    private void add(Base element, int node) {
        FhirPath.requireShort(element);
        places.merge(element, new int[] {node}, (one, other) -> new int[] {one[0], other[0]});
    }
}
