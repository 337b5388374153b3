package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementPath.FieldIs;
import dev.sluice.r4.ElementPath.Fields;
import dev.sluice.r4.ElementPath.Step;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the one patient whom a resource is about: itself, or the first one to whom it refers in the elements of R4's Patient
 * compartment, of which {@code subject} and {@code patient} come first, or in others whose name says that the resource is
 * about whom they refer to. The compartment lacks some of those, such as {@code Task.for}. Safe for use by any number of
 * threads.
 */
public final class PatientOfResource {
    private static final byte[] ID = "id".getBytes(UTF_8);
    private static final byte[] REFERENCE = "reference".getBytes(UTF_8);
    private static final List<String> FIRST = List.of("patient", "subject");

    private static final Set<String> ABOUT = Set.of("patient", "subject", "for", "individual", "source", "target");

    private static final PatientCompartment COMPARTMENT = new PatientCompartment(new SearchParameters());
    private static final Map<ResourceType, List<List<byte[]>>> PLACES = new ConcurrentHashMap<>();

    private PatientOfResource() {}

    /** The id of the patient, without regard to the base URL of the reference; null if there is none. */
    public static @Nullable String find(JsonTape tape, int resource, ResourceType type) {
        if (type.equals(ResourceType.PATIENT)) {
            int id = tape.find(resource, ID);
            return id >= 0 && tape.kind(id) == JsonTape.STRING ? tape.text(id) : null;
        }
        for (List<byte[]> place : PLACES.computeIfAbsent(type, PatientOfResource::places)) {
            String id = below(tape, resource, place, 0);
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    private static @Nullable String below(JsonTape tape, int node, List<byte[]> names, int depth) {
        if (tape.kind(node) == JsonTape.ARRAY) {
            for (int element = node + 1; element < tape.next(node); element = tape.next(element)) {
                String id = below(tape, element, names, depth);
                if (id != null) {
                    return id;
                }
            }
            return null;
        }
        if (tape.kind(node) != JsonTape.OBJECT) {
            return null;
        }
        int child = tape.find(node, depth == names.size() ? REFERENCE : names.get(depth));
        if (child < 0 || depth < names.size()) {
            return child < 0 ? null : below(tape, child, names, depth + 1);
        }
        LiteralReference reference =
                tape.kind(child) == JsonTape.STRING ? LiteralReference.parse(tape.text(child)) : null;
        return reference != null && reference.type().equals(ResourceType.PATIENT) ? reference.id() : null;
    }

    private static List<List<byte[]>> places(ResourceType type) {
        Stream<List<String>> compartment = COMPARTMENT.places(type).stream()
                .filter(Fields.class::isInstance)
                .map(place -> ((Fields) place).steps())
                .filter(steps -> steps.stream().noneMatch(step -> step.condition() instanceof FieldIs))
                .map(steps -> steps.stream().map(Step::field).toList())
                .sorted((one, other) -> Boolean.compare(isFirst(other), isFirst(one)));
        ElementModel model = ElementModel.of(type);
        return Stream.of(compartment, about(List.of(), model), blocks(model))
                .flatMap(places -> places)
                .distinct()
                .map(fields ->
                        fields.stream().map(field -> field.getBytes(UTF_8)).toList())
                .toList();
    }

    /** Those in the blocks of a resource, such as {@code BiologicallyDerivedProduct.collection.source}. */
    private static Stream<List<String>> blocks(ElementModel resource) {
        return resource.children().stream()
                .filter(child -> child.type().name().equals("BackboneElement"))
                .flatMap(child -> about(List.of(child.field()), child.type()));
    }

    private static Stream<List<String>> about(List<String> outer, ElementModel type) {
        return type.children().stream()
                .filter(child -> child.type().name().equals("Reference") && ABOUT.contains(child.name()))
                .map(child ->
                        Stream.concat(outer.stream(), Stream.of(child.field())).toList());
    }

    private static boolean isFirst(List<String> fields) {
        return fields.size() == 1 && FIRST.contains(fields.get(0));
    }
}
