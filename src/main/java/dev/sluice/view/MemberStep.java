package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import dev.sluice.r4.ElementModel.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Selects the children of a name. */
final class MemberStep implements Evaluator {
    private static final byte[] RESOURCE_TYPE = "resourceType".getBytes(UTF_8);

    /** From so many fields on, it is faster to go through an object once. */
    private static final int MANY = 3;

    private final Evaluator source;
    private final String name;
    private final @Nullable String type;
    private final boolean withBeside;
    private final Items sources = new Items();
    private @Nullable ElementModel known;
    private Field[] fields = new Field[0];

    private record Field(byte[] name, byte[] beside, Child child) {}

    /**
     * @param type the only type that is wanted, as {@code ofType} names it; null = any
     * @param withBeside whether something asks for ids or extensions of primitive values
     */
    MemberStep(Evaluator source, String name, @Nullable String type, boolean withBeside) {
        this.source = source;
        this.name = name;
        this.type = type;
        this.withBeside = withBeside;
    }

    /** Whether it leads to the elements of one type only. */
    boolean hasType() {
        return type != null;
    }

    /** The same step for the elements of one type only. */
    MemberStep ofType(String wanted) {
        return new MemberStep(source, name, wanted, withBeside);
    }

    @Override
    public void evaluate(Focus focus, Items out) {
        sources.begin(focus);
        source.evaluate(focus, sources);
        for (int i = 0; i < sources.size(); i++) {
            ElementModel model = sources.model(i);
            if (model == null) {
                continue;
            }
            int object = model.kind() == Kind.PRIMITIVE ? sources.beside(i) : sources.node(i);
            if (object >= 0 && focus.tape.kind(object) == JsonTape.OBJECT) {
                children(focus, object, model, out);
            }
        }
    }

    private void children(Focus focus, int object, ElementModel model, Items out) {
        if (model != known) {
            fields = fields(model);
            known = model;
        }
        if (fields.length < MANY) {
            for (Field field : fields) {
                child(focus, object, focus.find(object, field.name), field, out);
            }
            return;
        }
        JsonTape tape = focus.tape;
        int end = tape.next(object);
        for (int at = object + 1; at < end; at = tape.next(at + 1)) {
            focus.steps(fields.length);
            for (Field field : fields) {
                if (focus.is(at, field.name)) {
                    child(focus, object, at + 1, field, out);
                } else if (focus.is(at, field.beside) && focus.find(object, field.name) < 0) {
                    child(focus, object, Items.NONE, field, out);
                }
            }
        }
    }

    private Field[] fields(ElementModel model) {
        List<Child> children = model.children();
        return children.stream()
                .filter(child -> child.name().equals(name)
                        && (type == null
                                || TypeSet.isAnyResource(child.type())
                                || child.type().isA(type)))
                .map(child -> new Field(child.field().getBytes(UTF_8), ("_" + child.field()).getBytes(UTF_8), child))
                .toArray(Field[]::new);
    }

    private void child(Focus focus, int object, int value, Field field, Items out) {
        JsonTape tape = focus.tape;
        Child child = field.child;
        boolean primitive = child.hasObjectBeside();
        if (value >= 0 && tape.kind(value) == JsonTape.ARRAY) {
            elements(focus, value, primitive ? focus.find(object, field.beside) : Items.NONE, child, out);
            return;
        }
        int beside = primitive && (withBeside || value < 0) ? focus.find(object, field.beside) : Items.NONE;
        if (value < 0 && beside >= 0 && tape.kind(beside) == JsonTape.ARRAY) {
            elements(focus, Items.NONE, beside, child, out);
        } else if (value >= 0 || beside >= 0) {
            add(focus, value, beside, child.type(), out);
        }
    }

    private void add(Focus focus, int value, int beside, ElementModel model, Items out) {
        if (!TypeSet.isAnyResource(model)) {
            out.element(value, beside, model);
            return;
        }
        ElementModel actual = resource(focus, value, model);
        if (type == null || actual.isA(type)) {
            out.element(value, beside, actual);
        }
    }

    /** The type that a resource in another one says it has. */
    private static ElementModel resource(Focus focus, int object, ElementModel unknown) {
        int found = focus.tape.kind(object) == JsonTape.OBJECT ? focus.find(object, RESOURCE_TYPE) : Items.NONE;
        return found < 0 || focus.tape.kind(found) != JsonTape.STRING
                ? unknown
                : ResourceType.find(focus.text(found)).map(ElementModel::of).orElse(unknown);
    }

    /** The elements of an array, each with what is beside it. */
    private void elements(Focus focus, int values, int besides, Child child, Items out) {
        JsonTape tape = focus.tape;
        int value = values + 1;
        int valueEnd = values < 0 ? value : tape.next(values);
        int beside = besides + 1;
        int besideEnd = besides < 0 || tape.kind(besides) != JsonTape.ARRAY ? beside : tape.next(besides);
        while (value < valueEnd || beside < besideEnd) {
            focus.step();
            boolean hasValue = value < valueEnd && tape.kind(value) != JsonTape.NULL;
            boolean hasBeside = beside < besideEnd && tape.kind(beside) != JsonTape.NULL;
            if (hasValue || hasBeside) {
                add(focus, hasValue ? value : Items.NONE, hasBeside ? beside : Items.NONE, child.type(), out);
            }
            value = value < valueEnd ? tape.next(value) : value;
            beside = beside < besideEnd ? tape.next(beside) : beside;
        }
    }
}
