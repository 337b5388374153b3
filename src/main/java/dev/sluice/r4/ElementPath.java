package dev.sluice.r4;

import dev.sluice.json.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the elements of one type at one place of a resource's JSON tree, such as every {@code component.valueQuantity}.
 *
 * <p>A search parameter is a union of such paths. They are immutable and used by many threads.
 */
public sealed interface ElementPath {
    /** The type of each element that the path finds. */
    ElementType type();

    /** The fields of the start that elements may be below; none if the start itself is the element. */
    List<String> roots();

    /**
     * Whether the test holds for any element found, in document order, ending with the first one.
     *
     * @param start where the path begins: a resource, or the element that a composite parameter is about
     * @param container the resource whose contained resources a reference such as {@code #a} means
     */
    boolean any(JsonNode start, ObjectNode container, Predicate<JsonNode> test);

    /** Whether the test holds for any element that one of some paths finds, and for its type. */
    static boolean any(
            List<? extends ElementPath> paths,
            JsonNode start,
            ObjectNode container,
            BiPredicate<ElementType, JsonNode> test) {
        for (ElementPath path : paths) {
            if (path.any(start, container, element -> test.test(path.type(), element))) {
                return true;
            }
        }
        return false;
    }

    /** The same from a resource that is contained in no other. */
    default boolean any(ObjectNode resource, Predicate<JsonNode> test) {
        return any(resource, resource, test);
    }

    /**
     * One field name after the other; an array stands for each of its elements, whatever the definition says.
     *
     * @param steps from the start downwards; none for the start itself
     */
    record Fields(List<Step> steps, ElementType type) implements ElementPath {
        /** The same elements, but only those that fulfil the condition, too. */
        Fields where(Condition condition) {
            Step last = steps.get(steps.size() - 1);
            List<Step> same = new ArrayList<>(steps.subList(0, steps.size() - 1));
            same.add(new Step(last.field(), last.onlyFirst(), condition));
            return new Fields(same, type);
        }

        @Override
        public List<String> roots() {
            return steps.stream().limit(1).map(Step::field).toList();
        }

        @Override
        public boolean any(JsonNode start, ObjectNode container, Predicate<JsonNode> test) {
            return below(start, 0, container, test);
        }

        private boolean below(JsonNode parent, int depth, ObjectNode container, Predicate<JsonNode> test) {
            if (depth == steps.size()) {
                return test.test(parent);
            }
            Step step = steps.get(depth);
            JsonNode child = parent.get(step.field());
            if (child == null) {
                return false;
            }
            if (!child.isArray()) {
                return at(child, depth, container, test);
            }
            int size = step.onlyFirst() ? Math.min(1, child.size()) : child.size();
            for (int i = 0; i < size; i++) {
                if (at(child.get(i), depth, container, test)) {
                    return true;
                }
            }
            return false;
        }

        private boolean at(JsonNode element, int depth, ObjectNode container, Predicate<JsonNode> test) {
            Condition condition = steps.get(depth).condition();
            if (element.isNull() || (condition != null && !condition.holds(element, container))) {
                return false;
            }
            return below(element, depth + 1, container, test);
        }
    }

    /**
     * The one boolean of {@code X.exists() and X != false}: it is always there, for {@code deceased=false} means the
     * resources without the element, too.
     *
     * @param elements every JSON form of X
     */
    record Presence(List<Fields> elements) implements ElementPath {
        @Override
        public ElementType type() {
            return ElementType.BOOLEAN;
        }

        @Override
        public List<String> roots() {
            return elements.stream().flatMap(form -> form.roots().stream()).toList();
        }

        @Override
        public boolean any(JsonNode start, ObjectNode container, Predicate<JsonNode> test) {
            for (Fields form : elements) {
                if (form.any(start, container, value -> !value.isBoolean() || value.booleanValue())) {
                    return test.test(BooleanNode.TRUE);
                }
            }
            return test.test(BooleanNode.FALSE);
        }
    }

    /**
     * A field, and what each of its elements must fulfil.
     *
     * @param onlyFirst whether only the first element counts, as with {@code entry[0]}
     */
    record Step(String field, boolean onlyFirst, @Nullable Condition condition) {}

    /** The {@code where(…)} after a field. */
    sealed interface Condition {
        boolean holds(JsonNode element, ObjectNode container);
    }

    /** {@code where(field='value')}. */
    record FieldIs(String field, String value) implements Condition {
        @Override
        public boolean holds(JsonNode element, ObjectNode container) {
            return value.equals(JsonText.of(element, field));
        }
    }

    /**
     * {@code where(resolve() is Type)}, told from the reference and from what is contained in its resource: nothing is
     * read from elsewhere. A reference without a literal, such as one by identifier, may tell its type itself.
     */
    record RefersTo(String type) implements Condition {
        @Override
        public boolean holds(JsonNode element, ObjectNode container) {
            LiteralReference reference = LiteralReference.in(element);
            if (reference != null) {
                return reference.type().name().equals(type);
            }
            ObjectNode contained = ContainedResources.find(element, container);
            return type.equals(
                    contained != null ? JsonText.of(contained, "resourceType") : JsonText.of(element, "type"));
        }
    }

    /** A resource in a resource that is of one of these types. */
    record ResourceIs(Set<String> types) implements Condition {
        @Override
        public boolean holds(JsonNode element, ObjectNode container) {
            String type = JsonText.of(element, "resourceType");
            return type != null && types.contains(type);
        }
    }
}
