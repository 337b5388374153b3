package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.deid.Rule.Replacement;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import dev.sluice.r4.ElementModel.Kind;
import dev.sluice.rulepath.PathState;
import dev.sluice.rulepath.PathState.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The method {@code substitute} for objects. Elements of the same field replace each other by their places. What an earlier
 * rule selects in the object remains as that rule makes it. For use by one thread.
 */
final class Substitution {
    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final ResourceWalk walk;
    private final ResourceRun run;

    Substitution(ResourceWalk walk, ResourceRun run) {
        this.walk = walk;
        this.run = run;
    }

    /** Writes the replacement of an object; returns whether anything remains. */
    boolean write(int node, PathState state, Rule rule, int rank) {
        JsonNode given = ((Replacement) rule.settings()).value();
        JsonNode replacement = given == null ? NOTHING : given;
        if (!replacement.isObject() || !fits(replacement, state.type())) {
            throw DeidentificationException.notApplicable(
                    rule,
                    "replaceWith must be an object with elements of "
                            + state.type().name());
        }
        run.changed(rule, SecurityLabels.SUBSTITUTED);
        return object(node, state, rank, replacement);
    }

    /** Writes only what an earlier rule selects in an object; returns whether anything remains. */
    boolean empty(int node, PathState state, int rank) {
        return object(node, state, rank, NOTHING);
    }

    /** Whether all fields of a replacement exist in R4, with values of their types. */
    private static boolean fits(JsonNode replacement, ElementModel type) {
        for (Map.Entry<String, JsonNode> member : replacement.properties()) {
            byte[] name = member.getKey().getBytes(UTF_8);
            int found = type.find(name, 0, name.length);
            Child child = found < 0 ? null : type.children().get(found >> 1);
            if (child == null || child.type().kind() == Kind.RESOURCE) {
                return false;
            }
            List<JsonNode> values = elements(member.getValue());
            if (member.getValue().isArray() != child.list() || values.isEmpty()) {
                return false;
            }
            boolean mayBeNull = child.list() && child.hasObjectBeside();
            boolean object = child.type().kind() == Kind.COMPLEX || (found & 1) != 0;
            for (JsonNode value : values) {
                if (!(value.isNull() && mayBeNull) && !fits(value, child.type(), object)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean fits(JsonNode value, ElementModel type, boolean object) {
        if (object) {
            return value.isObject() && !value.isEmpty() && fits(value, type);
        }
        return type.isQuoted()
                ? value.isString()
                : value.isValueNode() && !value.isString() && type.faultOfWord(value.toString()) == null;
    }

    private boolean object(int node, PathState state, int rank, JsonNode replacement) {
        JsonOutput out = run.out();
        int before = out.size();
        out.put('{');
        int first = out.size();
        for (int field = node + 1;
                field < run.tape().next(node);
                field = run.tape().next(field + 1)) {
            int end = out.size();
            separate(first);
            if (!field(node, field, state, rank, replacement)) {
                out.truncate(end);
            }
        }
        for (Map.Entry<String, JsonNode> member : replacement.properties()) {
            if (run.tape().find(node, member.getKey().getBytes(UTF_8)) < 0) {
                separate(first);
                out.string(member.getKey());
                out.put(':');
                out.raw(member.getValue().toString());
            }
        }
        if (out.size() == first) {
            out.truncate(before);
            return false;
        }
        out.put('}');
        return true;
    }

    private boolean field(int object, int field, PathState state, int rank, JsonNode replacement) {
        int found = walk.place(field, state);
        if (found < 0) {
            run.leftOut();
            return false;
        }
        Transition transition = walk.follow(state, found >> 1);
        boolean list = transition.child().list();
        boolean beside = (found & 1) != 0;
        if (transition.child().type().kind() == Kind.RESOURCE
                || (list && beside)
                || (!list && run.tape().kind(field + 1) == JsonTape.ARRAY)) {
            return false;
        }
        int before = run.out().size();
        walk.name(field);
        if (list) {
            run.out().put('[');
        }
        int first = run.out().size();
        Field place = new Field(object, field, beside, state, transition);
        elements(place, rank, elements(replacement.get(run.tape().text(field))), first);
        if (run.out().size() == first) {
            run.out().truncate(before);
            return false;
        }
        if (list) {
            run.out().put(']');
        }
        return true;
    }

    /** Writes what replaces the elements of a field, and what a replacement has beyond them. */
    private void elements(Field field, int rank, List<JsonNode> targets, int first) {
        int end = run.tape().next(field.value());
        int i = 0;
        for (int node = field.value() + (run.tape().kind(field.value()) == JsonTape.ARRAY ? 1 : 0);
                node < end;
                node = run.tape().next(node)) {
            element(field, node, rank, i < targets.size() ? targets.get(i) : null, first);
            i++;
        }
        for (; i < targets.size(); i++) {
            separate(first);
            run.out().raw(targets.get(i).toString());
        }
    }

    private void element(Field field, int node, int rank, @Nullable JsonNode target, int first) {
        PathState state = field.transition().target();
        if (state == null) {
            state = walk.test(
                    field.parent(), field.transition(), field.beside() ? -1 : node, field.beside() ? node : -1);
        }
        int before = run.out().size();
        separate(first);
        boolean remains = true;
        if (run.rank(node, state, rank) < rank) {
            remains = field.beside() ? walk.beside(node, state, rank) : walk.element(node, state, rank);
        } else if (run.tape().kind(node) == JsonTape.OBJECT && (target == null || target.isObject())) {
            remains = object(node, state, rank, target == null ? NOTHING : target);
        } else if (target != null) {
            run.out().raw(target.toString());
        } else {
            remains = false;
        }
        if (!remains) {
            run.out().truncate(before);
        }
    }

    private void separate(int first) {
        if (run.out().size() != first) {
            run.out().put(',');
        }
    }

    private static List<JsonNode> elements(@Nullable JsonNode value) {
        List<JsonNode> elements = new ArrayList<>();
        if (value != null && value.isArray()) {
            value.forEach(elements::add);
        } else if (value != null) {
            elements.add(value);
        }
        return elements;
    }
}
