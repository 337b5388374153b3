package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;

import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.RuntimeResourceBlockDefinition;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.json.NameTable;
import dev.sluice.r4.StructureModel.AnyResource;
import dev.sluice.r4.StructureModel.Complex;
import dev.sluice.r4.StructureModel.Primitive;
import dev.sluice.r4.StructureModel.Property;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.BackboneElement;
import org.jspecify.annotations.Nullable;

/**
 * The type of an element and its children, by their names in JSON and in FHIRPath. There is one object for each type and
 * each block of a resource. Safe for use by any number of threads.
 */
public final class ElementModel {
    private static final StructureModel STRUCTURE = new StructureModel();
    private static final Map<Object, ElementModel> KNOWN = new ConcurrentHashMap<>();
    private static final ElementModel ANY_RESOURCE = new ElementModel("Resource", Kind.RESOURCE, List::of);

    private final String name;
    private final Kind kind;
    private final @Nullable PrimitiveFormat format;
    private final boolean free;
    private final boolean symbol;
    private final Supplier<List<Child>> definition;
    private volatile @Nullable Fields fields;

    private ElementModel(String name, Kind kind, Supplier<List<Child>> definition) {
        this.name = name;
        this.kind = kind;
        this.format = kind == Kind.PRIMITIVE ? PrimitiveFormat.of(name) : null;
        this.free = format != null && format.isFree();
        this.symbol = format != null && format.isSymbol();
        this.definition = definition;
    }

    /** What an element can be. */
    public enum Kind {
        PRIMITIVE,
        COMPLEX,
        RESOURCE
    }

    /**
     * A child of an element.
     *
     * @param field its name in JSON, such as {@code valueQuantity}
     * @param name its name in FHIRPath, such as {@code value}
     * @param list whether JSON has an array of them
     */
    public record Child(String field, String name, boolean list, ElementModel type) {
        /** Whether JSON may have an object beside the value, such as {@code _birthDate}. */
        public boolean hasObjectBeside() {
            return type.kind == Kind.PRIMITIVE && !type.children().isEmpty();
        }
    }

    private record Fields(List<Child> children, NameTable names) {
        static Fields of(List<Child> children) {
            return new Fields(
                    children,
                    new NameTable(children.stream()
                            .flatMap(child -> Stream.of(child.field(), "_" + child.field()))
                            .toList()));
        }
    }

    /** A resource of this type. */
    public static ElementModel of(ResourceType type) {
        return known(type, type.name(), Kind.RESOURCE, () -> children(STRUCTURE.of(type)));
    }

    /** A type by its name; empty if R4 has none of this name, or if no element has just this type, such as Element. */
    public static Optional<ElementModel> named(String name) {
        Optional<ResourceType> resource = ResourceType.find(name);
        if (resource.isPresent()) {
            return resource.map(ElementModel::of);
        }
        return STRUCTURE.dataType(name).map(ElementModel::type);
    }

    /** Whether R4 has a type of this name, which may be one that others specialize only. */
    public static boolean isType(String name) {
        return TypeHierarchy.ABSTRACT.contains(name) || named(name).isPresent();
    }

    /** As FHIRPath has it; {@code BackboneElement} or {@code Element} for a block of a resource. */
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** Of a primitive, those of the object beside it. Of a resource in another one, none: its own type has them. */
    public List<Child> children() {
        return fields().children;
    }

    /**
     * The child to which a JSON name belongs: twice its place in the list, and one more if it is the name of the object
     * beside a primitive value. It is -1 if R4 has no such name here.
     */
    public int find(byte[] json, int from, int to) {
        Fields own = fields();
        int found = own.names.find(json, from, to);
        boolean impossible =
                found >= 0 && (found & 1) != 0 && !own.children.get(found >> 1).hasObjectBeside();
        return impossible ? -1 : found;
    }

    /** The same for a name that may be spelled with escapes. */
    public int find(JsonTape tape, int name) {
        if (tape.isEscaped(name)) {
            byte[] text = tape.text(name).getBytes(UTF_8);
            return find(text, 0, text.length);
        }
        return find(tape.json(), tape.start(name) + 1, tape.end(name) - 1);
    }

    /**
     * Whether a value is of the kind of JSON that this primitive type has. A store need not check its resources, and a text in
     * the place of a number could be a name.
     */
    public boolean hasKind(JsonTape tape, int node) {
        return format != null && format.hasKind(tape, node);
    }

    /** Whether a value of this kind has the form of this primitive type. That of free text and of base64 is not checked. */
    public boolean hasForm(JsonTape tape, int node) {
        return free
                || (symbol && PrimitiveFormat.isWithoutSpace(tape, node))
                || (format != null && format.hasForm(tape, node));
    }

    /** Whether JSON has values of this primitive type in quotes. */
    public boolean isQuoted() {
        return format != null && format.json() == PrimitiveFormat.Json.STRING;
    }

    /** What a text must be in order to be written as a value of this primitive type, and is not; null if nothing is wrong. */
    public @Nullable String faultOfWord(String text) {
        return Objects.requireNonNull(format).faultOfWord(text);
    }

    /** Whether elements of this type are meant by the name of a type. */
    public boolean is(String wanted) {
        return name.equals(wanted)
                || (wanted.equals("Quantity") && (name.equals("SimpleQuantity") || name.equals("MoneyQuantity")));
    }

    /** Whether elements of this type are of the type of a name, or of one that specializes it. */
    public boolean isA(String wanted) {
        return TypeHierarchy.isA(name, kind == Kind.RESOURCE, wanted);
    }

    private Fields fields() {
        Fields own = fields;
        if (own == null) {
            own = Fields.of(definition.get());
            fields = own;
        }
        return own;
    }

    private static ElementModel known(Object key, String name, Kind kind, Supplier<List<Child>> children) {
        return KNOWN.computeIfAbsent(key, k -> new ElementModel(name, kind, children));
    }

    private static List<Child> children(Map<String, Property> properties) {
        return properties.entrySet().stream()
                .map(property -> child(property.getKey(), property.getValue()))
                .toList();
    }

    private static Child child(String field, Property property) {
        String choice = property.choice();
        String name = choice == null ? field : choice.replace("[x]", "");
        return new Child(field, name, property.list(), type(property.value()));
    }

    private static ElementModel type(StructureModel.Value value) {
        if (value instanceof Primitive primitive) {
            String name = primitive.format().name();
            return primitive.extensible()
                    ? known(name, name, Kind.PRIMITIVE, () -> children(STRUCTURE.besidePrimitives()))
                    : known(List.of(name), name, Kind.PRIMITIVE, List::of);
        }
        if (value instanceof AnyResource) {
            return ANY_RESOURCE;
        }
        Complex complex = (Complex) value;
        BaseRuntimeElementDefinition<?> type = complex.definition();
        return known(type.getImplementingClass(), nameOf(type), Kind.COMPLEX, () -> children(STRUCTURE.of(complex)));
    }

    private static String nameOf(BaseRuntimeElementDefinition<?> type) {
        if (type instanceof RuntimeResourceBlockDefinition) {
            return BackboneElement.class.isAssignableFrom(type.getImplementingClass()) ? "BackboneElement" : "Element";
        }
        return type.getName();
    }
}
