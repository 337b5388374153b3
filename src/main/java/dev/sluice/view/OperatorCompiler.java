package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonTape;
import dev.sluice.view.PathExpression.Literal;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles operators with two operands. Conditions have three values: true, false, and nothing. */
final class OperatorCompiler {
    private static final Set<String> OF_VALUES = Set.of("<", ">", "<=", ">=", "&", "+", "-", "*", "/", "div", "mod");

    private OperatorCompiler() {}

    /** @param rightText the right operand as it was parsed */
    static CompiledPath compile(String operator, CompiledPath left, CompiledPath right, PathExpression rightText) {
        Evaluator a = left.evaluator();
        Evaluator b = right.evaluator();
        if (OF_VALUES.contains(operator)) {
            requireValues("'" + operator + "'", left.types());
            requireValues("'" + operator + "'", right.types());
        }
        return switch (operator) {
            case "and", "or", "xor", "implies" -> bool(logic(operator, a, b));
            case "=", "!=" ->
                bool(
                        rightText instanceof Literal literal && literal.value() instanceof String text
                                ? textEquality(operator.equals("="), a, text)
                                : equality(operator.equals("="), a, b));
            case "~", "!~" -> bool(equivalence(operator.equals("~"), a, b));
            case "<", ">", "<=", ">=" -> bool(comparison(operator, a, b));
            case "in" -> bool(membership(operator, a, b));
            case "contains" -> bool(membership(operator, b, a));
            case "|" -> new CompiledPath(union(a, b), left.types().or(right.types()));
            case "&" -> new CompiledPath(concatenation(a, b), TypeSet.STRING);
            default -> new CompiledPath(arithmetic(operator, a, b), Arithmetic.types(operator, left, right));
        };
    }

    /** Returns if an operand may have a value: of complex elements there is nothing to calculate or to compare. */
    static void requireValues(String what, TypeSet types) {
        if (types.isComplex()) {
            throw new PathFaultException(what + " needs a primitive value, and the path selects "
                    + String.join(" or ", types.names()) + "; select an element in it");
        }
    }

    private static CompiledPath bool(Evaluator evaluator) {
        return new CompiledPath(evaluator, TypeSet.BOOLEAN);
    }

    private static Evaluator logic(String operator, Evaluator left, Evaluator right) {
        Items items = new Items();
        return (focus, out) -> {
            Boolean a = condition(focus, left, items, operator);
            Boolean decided = switch (operator) {
                case "and" -> Boolean.FALSE.equals(a) ? Boolean.FALSE : null;
                case "or" -> Boolean.TRUE.equals(a) ? Boolean.TRUE : null;
                case "implies" -> Boolean.FALSE.equals(a) ? Boolean.TRUE : null;
                default -> null;
            };
            Boolean result = decided != null ? decided : logic(operator, a, condition(focus, right, items, operator));
            if (result != null) {
                out.value(result);
            }
        };
    }

    /** The result if the left operand alone does not decide it. */
    private static @Nullable Boolean logic(String operator, @Nullable Boolean a, @Nullable Boolean b) {
        return switch (operator) {
            case "and" -> Boolean.FALSE.equals(b) ? Boolean.FALSE : a == null ? null : b;
            case "or" -> Boolean.TRUE.equals(b) ? Boolean.TRUE : a == null ? null : b;
            case "implies" -> Boolean.TRUE.equals(b) ? Boolean.TRUE : a == null ? null : b;
            default -> (a == null || b == null) ? null : Boolean.valueOf(!a.equals(b));
        };
    }

    private static @Nullable Boolean condition(Focus focus, Evaluator operand, Items items, String operator) {
        items.begin(focus);
        operand.evaluate(focus, items);
        return SystemValues.condition(focus, items, "an operand of '" + operator + "'");
    }

    private static Evaluator textEquality(boolean equal, Evaluator left, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        Items items = new Items();
        return (focus, out) -> {
            items.begin(focus);
            left.evaluate(focus, items);
            if (items.isEmpty()) {
                return;
            }
            int node = items.node(0);
            boolean same = items.size() == 1
                    && (node < 0
                            ? text.equals(items.computed(0))
                            : focus.tape.kind(node) == JsonTape.STRING && focus.is(node, bytes));
            out.value(same == equal);
        };
    }

    private static Evaluator equality(boolean equal, Evaluator left, Evaluator right) {
        Items a = new Items();
        Items b = new Items();
        return (focus, out) -> {
            evaluate(focus, left, a, right, b);
            Boolean same = Comparisons.equal(focus, a, b);
            if (same != null) {
                out.value(same == equal);
            }
        };
    }

    private static Evaluator equivalence(boolean equal, Evaluator left, Evaluator right) {
        Items a = new Items();
        Items b = new Items();
        return (focus, out) -> {
            evaluate(focus, left, a, right, b);
            out.value(Comparisons.equivalent(focus, a, b) == equal);
        };
    }

    private static Evaluator comparison(String operator, Evaluator left, Evaluator right) {
        Items a = new Items();
        Items b = new Items();
        String where = "an operand of '" + operator + "'";
        return (focus, out) -> {
            evaluate(focus, left, a, right, b);
            Object x = SystemValues.single(focus, a, where);
            Object y = SystemValues.single(focus, b, where);
            Integer order = x == null || y == null ? null : Comparisons.compare(x, y);
            if (order != null) {
                out.value(
                        switch (operator) {
                            case "<" -> order < 0;
                            case ">" -> order > 0;
                            case "<=" -> order <= 0;
                            default -> order >= 0;
                        });
            }
        };
    }

    private static void evaluate(Focus focus, Evaluator left, Items a, Evaluator right, Items b) {
        a.begin(focus);
        b.begin(focus);
        left.evaluate(focus, a);
        right.evaluate(focus, b);
    }

    private static Evaluator membership(String operator, Evaluator element, Evaluator collection) {
        Items one = new Items();
        Items all = new Items();
        return (focus, out) -> {
            evaluate(focus, element, one, collection, all);
            SystemValues.requireSingle(one, "an operand of '" + operator + "'");
            if (!one.isEmpty()) {
                out.value(Comparisons.contains(focus, all, one, 0));
            }
        };
    }

    private static Evaluator union(Evaluator left, Evaluator right) {
        Items all = new Items();
        return (focus, out) -> {
            all.begin(focus);
            left.evaluate(focus, all);
            right.evaluate(focus, all);
            Comparisons.addDistinct(focus, all, out);
        };
    }

    private static Evaluator concatenation(Evaluator left, Evaluator right) {
        Items a = new Items();
        Items b = new Items();
        return (focus, out) -> {
            evaluate(focus, left, a, right, b);
            out.value(Arithmetic.concatenated(text(focus, a), text(focus, b)));
        };
    }

    private static String text(Focus focus, Items items) {
        Object value = SystemValues.single(focus, items, "an operand of '&'");
        return value == null ? "" : SystemValues.text(value);
    }

    private static Evaluator arithmetic(String operator, Evaluator left, Evaluator right) {
        if (!Arithmetic.OPERATORS.contains(operator)) {
            throw new PathFaultException(String.format(Locale.ROOT, "'%s' is not supported", operator));
        }
        Items a = new Items();
        Items b = new Items();
        String where = "an operand of '" + operator + "'";
        return (focus, out) -> {
            evaluate(focus, left, a, right, b);
            Object x = SystemValues.single(focus, a, where);
            Object y = SystemValues.single(focus, b, where);
            Object result = x == null || y == null ? null : Arithmetic.of(operator, x, y);
            if (result != null) {
                out.value(result);
            }
        };
    }
}
