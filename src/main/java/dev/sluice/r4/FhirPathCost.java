package dev.sluice.r4;

import java.util.EnumSet;
import java.util.Set;
import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Function;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Kind;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Operation;
import org.hl7.fhir.r4.fhirpath.FHIRPathUtilityClasses.FHIRConstant;
import org.jspecify.annotations.Nullable;

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

    /** A number could be rounded to any number of digits. */
    private static final int MOST_DIGITS = 28;

    private static final Set<Function> REFUSED = EnumSet.of(
            Function.Repeat,
            Function.Aggregate,
            Function.Now, // all rows of an export must be treated alike
            Function.Today,
            Function.LowBoundary,
            Function.HighBoundary,
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

    /** They read numbers such as 1e99999999, all digits of which arithmetic would write out. */
    private static final Set<Function> NUMBERS_OF_TEXTS = EnumSet.of(Function.ToDecimal, Function.ToQuantity);

    private static final Set<Function> ARITHMETIC = EnumSet.of(
            Function.Round, Function.Truncate, Function.Ceiling, Function.Floor, Function.Abs, Function.ToInteger);

    private static final Set<Operation> ARITHMETIC_OPERATIONS = EnumSet.of(
            Operation.Plus, Operation.Minus, Operation.Times, Operation.DivideBy, Operation.Div, Operation.Mod);

    private int parts;
    private boolean readsNumbers;
    private boolean calculates;
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
        if (cost.readsNumbers && cost.calculates) {
            throw new IllegalArgumentException("it calculates with the result of toDecimal() or toQuantity()");
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
        calculates |= ARITHMETIC_OPERATIONS.contains(node.getOperation());
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
        readsNumbers |= NUMBERS_OF_TEXTS.contains(function);
        calculates |= ARITHMETIC.contains(function);
        if (function == Function.Round && !isRoundedToFewDigits(node)) {
            throw new IllegalArgumentException("round() needs a number from 0 to " + MOST_DIGITS + " as its argument");
        }
        growth = Math.min(MOST_GROWTH + 1L, growth * growth(node));
    }

    private static long growth(ExpressionNode node) {
        return switch (node.getFunction()) {
            case Replace, ReplaceMatches -> Math.max(1, lengthOfReplacement(node));
            case Encode, Escape -> GROWTH_OF_ESCAPE;
            case Select, Combine, Union, Iif -> 1L + size(node);
            case Join -> 1L + lengthOfLast(node);
            default -> 1;
        };
    }

    /** A computed one may have any length. */
    private static int lengthOfReplacement(ExpressionNode node) {
        return node.getParameters().size() == 2 ? lengthOfLast(node) : MOST_GROWTH + 1;
    }

    /** Of the last argument of a function, if it has any. */
    private static int lengthOfLast(ExpressionNode node) {
        if (node.getParameters().isEmpty()) {
            return 0;
        }
        String text = constant(node.getParameters().get(node.getParameters().size() - 1));
        return text == null ? MOST_GROWTH + 1 : text.length();
    }

    private static @Nullable String constant(ExpressionNode node) {
        boolean isConstant = node.getKind() == Kind.Constant
                && node.getInner() == null
                && node.getOpNext() == null
                && node.getConstant() != null;
        return isConstant ? String.valueOf(node.getConstant().primitiveValue()) : null;
    }

    private static boolean isRoundedToFewDigits(ExpressionNode node) {
        if (node.getParameters().isEmpty()) {
            return true;
        }
        String digits = constant(node.getParameters().get(0));
        return digits != null && digits.matches("\\d{1,2}") && Integer.parseInt(digits) <= MOST_DIGITS;
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
