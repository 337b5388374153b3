package dev.sluice.view;

import java.util.List;

/** A FHIRPath expression as a tree. Immutable. */
sealed interface PathExpression {
    /** The expression that {@code $this} is; each path starts there unless it says otherwise. */
    record This() implements PathExpression {}

    /** {@code $index}: the place of {@code $this} in the collection that a function goes through. */
    record Position() implements PathExpression {}

    /** {@code %rowIndex}: the place of the element of the innermost iteration of the view. */
    record RowIndex() implements PathExpression {}

    /** {@code %resource}, {@code %context} and {@code %rootResource}: the resource of the view. */
    record Root() implements PathExpression {}

    /** {@code {}}. */
    record Empty() implements PathExpression {}

    /**
     * A value that the text or a constant of the view gives.
     *
     * @param value a Boolean, an Integer, a BigDecimal, a String or a {@link TemporalValue}
     */
    record Literal(Object value) implements PathExpression {}

    record Member(PathExpression source, String name) implements PathExpression {}

    record Index(PathExpression source, PathExpression index) implements PathExpression {}

    record Call(PathExpression source, String function, List<PathExpression> arguments) implements PathExpression {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * An operator with two operands.
     *
     * @param operator as it is written, such as {@code and} or {@code !=}
     */
    record Binary(String operator, PathExpression left, PathExpression right) implements PathExpression {}

    /** A minus sign. A plus sign changes nothing and has no node. */
    record Negation(PathExpression operand) implements PathExpression {}

    /** {@code is} or {@code as}. */
    record TypeOperation(String operator, PathExpression source, String type) implements PathExpression {}
}
