package dev.sluice.r4;

import java.util.EnumSet;
import java.util.Set;
import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Function;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Kind;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Operation;
import org.hl7.fhir.r4.fhirpath.FHIRPathUtilityClasses.FHIRConstant;

/**
 * Refuses expressions that could take long on a large resource, or that ask for something outside of it. An expression goes
 * through the resource at most once, and compares many elements with many others only where they are few.
 */
final class FhirPathCost {
    private static final int DEEPEST = 20;
    private static final int MOST_PARTS = 200;
    private static final String OPEN = "([{";
    private static final String CLOSE = ")]}";
    private static final String LEVELS = ".([{+-*/|&=<>~!";

    /** How many times longer than its input a result may become, in steps that multiply each other. */
    private static final int MOST_GROWTH = 1_000;

    private static final int GROWTH_OF_ESCAPE = 6;

    private static final Set<Function> REFUSED = EnumSet.of(
            Function.Repeat,
            Function.Aggregate,
            Function.Trace,
            Function.Power,
            Function.Exp,
            Function.DefineVariable,
            Function.Resolve,
            Function.ConformsTo,
            Function.MemberOf,
            Function.HtmlChecks1,
            Function.HtmlChecks2,
            Function.hasTemplateIdOf);

    /** They compare each element with each other. */
    private static final Set<Function> QUADRATIC = EnumSet.of(
            Function.Distinct,
            Function.IsDistinct,
            Function.Intersect,
            Function.Exclude,
            Function.Union,
            Function.SubsetOf,
            Function.SupersetOf);

    private static final Set<Operation> QUADRATIC_OPERATIONS = EnumSet.of(
            Operation.Union, Operation.In, Operation.Contains, Operation.Equivalent, Operation.NotEquivalent);

    private int parts;
    private int expanding;
    private boolean quadratic;
    private long growth = 1;

    private FhirPathCost() {}

    /**
     * Checks a text before it is parsed, for the parser calls itself at each bracket, dot and operator.
     *
     * @throws IllegalArgumentException if it could exhaust the stack
     */
    static void checkText(String expression) {
        int depth = 0;
        int levels = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            depth += OPEN.indexOf(c) >= 0 ? 1 : CLOSE.indexOf(c) >= 0 ? -1 : 0;
            levels += LEVELS.indexOf(c) >= 0 ? 1 : 0;
            if (depth > DEEPEST || levels > MOST_PARTS) {
                throw new IllegalArgumentException("the expression is too large");
            }
        }
    }

    /** @throws IllegalArgumentException with the reason if an expression is refused */
    static void check(ExpressionNode expression) {
        FhirPathCost cost = new FhirPathCost();
        cost.add(expression, 0, false);
        if (cost.growth > MOST_GROWTH) {
            throw new IllegalArgumentException("its result could become too long");
        }
        if (cost.expanding > 1) {
            throw new IllegalArgumentException(
                    "descendants(), nodesByType() and nodesByName() may occur only once in an expression");
        }
        if (cost.expanding == 1 && cost.quadratic) {
            throw new IllegalArgumentException("all elements of a resource would be compared with each other; compare"
                    + " them in a where(), or divide the rule");
        }
    }

    private void add(ExpressionNode node, int depth, boolean inCriterion) {
        if (depth > DEEPEST || ++parts > MOST_PARTS) {
            throw new IllegalArgumentException("the expression is too large");
        }
        if (node.getKind() == Kind.Function) {
            function(node, inCriterion);
        } else if (node.getConstant() instanceof FHIRConstant constant
                && constant.getValue().startsWith("%")) {
            throw new IllegalArgumentException(constant.getValue() + " is not supported in a rule");
        }
        quadratic |= !inCriterion && QUADRATIC_OPERATIONS.contains(node.getOperation());
        if (node.getParameters() != null) {
            for (ExpressionNode parameter : node.getParameters()) {
                add(parameter, depth + 1, true);
            }
        }
        next(node.getGroup(), depth, inCriterion);
        next(node.getInner(), depth, inCriterion);
        next(node.getOpNext(), depth, inCriterion);
    }

    private void next(ExpressionNode node, int depth, boolean inCriterion) {
        if (node != null) {
            add(node, depth + 1, inCriterion);
        }
    }

    private void function(ExpressionNode node, boolean inCriterion) {
        Function function = node.getFunction();
        if (REFUSED.contains(function)) {
            throw new IllegalArgumentException(function.toCode() + "() is not supported in a rule");
        }
        if (function == Function.Descendants || function == Function.Custom) {
            if (inCriterion) {
                throw new IllegalArgumentException(
                        node.getName() + "() may not be in the argument of another function");
            }
            expanding++;
        }
        quadratic |= !inCriterion && QUADRATIC.contains(function);
        growth = Math.min(MOST_GROWTH + 1L, growth * growth(node));
    }

    private static long growth(ExpressionNode node) {
        return switch (node.getFunction()) {
            case Replace, ReplaceMatches -> Math.max(1, lengthOfReplacement(node));
            case Encode, Escape -> GROWTH_OF_ESCAPE;
            case Select, Combine, Union, Join -> 1L + size(node);
            default -> 1;
        };
    }

    /** A computed one may have any length. */
    private static int lengthOfReplacement(ExpressionNode node) {
        if (node.getParameters().size() != 2) {
            return MOST_GROWTH + 1;
        }
        ExpressionNode replacement = node.getParameters().get(1);
        boolean isText = replacement.getKind() == Kind.Constant
                && replacement.getInner() == null
                && replacement.getOpNext() == null
                && replacement.getConstant() != null;
        return isText
                ? String.valueOf(replacement.getConstant().primitiveValue()).length()
                : MOST_GROWTH + 1;
    }

    /** How many parts the arguments of a function have. */
    private static int size(ExpressionNode node) {
        int size = 0;
        for (ExpressionNode parameter : node.getParameters()) {
            size += parts(parameter);
        }
        return size;
    }

    private static int parts(ExpressionNode node) {
        if (node == null) {
            return 0;
        }
        int inside = node.getParameters() == null ? 0 : size(node);
        return 1 + inside + parts(node.getGroup()) + parts(node.getInner()) + parts(node.getOpNext());
    }
}
