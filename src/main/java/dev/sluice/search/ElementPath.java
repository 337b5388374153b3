package dev.sluice.search;

import java.util.List;
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
sealed interface ElementPath {
    /** The type of each element that the path finds. */
    ElementType type();

    /** Whether the test holds for any element found, in document order, ending with the first one. */
    boolean any(ObjectNode resource, Predicate<JsonNode> test);

    /**
     * One field name after the other; an array stands for each of its elements, whatever the definition says.
     *
     * @param steps from the resource downwards, at least one
     */
    record Fields(List<Step> steps, ElementType type) implements ElementPath {
        public Fields {
            steps = List.copyOf(steps);
        }

        @Override
        public boolean any(ObjectNode resource, Predicate<JsonNode> test) {
            return below(resource, 0, test);
        }

        private boolean below(JsonNode parent, int depth, Predicate<JsonNode> test) {
            Step step = steps.get(depth);
            JsonNode child = parent.get(step.field());
            if (child == null) {
                return false;
            }
            if (!child.isArray()) {
                return at(child, depth, test);
            }
            for (int i = 0; i < child.size(); i++) {
                if (at(child.get(i), depth, test)) {
                    return true;
                }
            }
            return false;
        }

        private boolean at(JsonNode element, int depth, Predicate<JsonNode> test) {
            Condition condition = steps.get(depth).condition();
            if (element.isNull() || (condition != null && !condition.test(element))) {
                return false;
            }
            return depth == steps.size() - 1 ? test.test(element) : below(element, depth + 1, test);
        }
    }

    /**
     * The one boolean of {@code X.exists() and X != false}: it is always there, for {@code deceased=false} means the
     * resources without the element, too.
     *
     * @param elements every JSON form of X
     */
    record Presence(List<Fields> elements) implements ElementPath {
        public Presence {
            elements = List.copyOf(elements);
        }

        @Override
        public ElementType type() {
            return ElementType.BOOLEAN;
        }

        @Override
        public boolean any(ObjectNode resource, Predicate<JsonNode> test) {
            boolean present = elements.stream()
                    .anyMatch(e -> e.any(resource, value -> !value.isBoolean() || value.booleanValue()));
            return test.test(BooleanNode.valueOf(present));
        }
    }

    /** A field, and what each of its elements must fulfil. */
    record Step(String field, @Nullable Condition condition) {}

    /** The {@code where(…)} after a field. */
    sealed interface Condition extends Predicate<JsonNode> {}

    /** {@code where(field='value')}. */
    record FieldIs(String field, String value) implements Condition {
        @Override
        public boolean test(JsonNode element) {
            JsonNode actual = element.get(field);
            return actual != null && actual.isString() && actual.stringValue().equals(value);
        }
    }

    /** {@code where(resolve() is Type)}, told from the text of the reference: nothing is read from elsewhere. */
    record RefersTo(String type) implements Condition {
        @Override
        public boolean test(JsonNode element) {
            LiteralReference reference = LiteralReference.in(element);
            return reference != null && reference.type().name().equals(type);
        }
    }
}
