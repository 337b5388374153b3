package dev.sluice.view;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * Compiles functions of one value, such as those of texts and numbers. Of nothing they make nothing. Places and lengths in
 * texts are counted in units of UTF-16, as other engines for Java and JavaScript do.
 */
final class ValueFunctions {
    private static final int MOST_DECIMALS = 28;

    /** Makes a value of a value and of the arguments; null for nothing. */
    private interface ValueFunction {
        @Nullable
        Object apply(Object value, List<Object> arguments);
    }

    /**
     * One function.
     *
     * @param least how many arguments it takes at least
     * @param most how many it takes at most
     * @param type what it makes; null = what it is called on
     */
    private record Definition(int least, int most, @Nullable String type, ValueFunction function) {}

    private static final Map<String, Definition> ALL = Map.ofEntries(
            text("startsWith", 1, 1, "boolean", (text, given) -> text.startsWith(string(given, 0))),
            text("endsWith", 1, 1, "boolean", (text, given) -> text.endsWith(string(given, 0))),
            text("contains", 1, 1, "boolean", (text, given) -> text.contains(string(given, 0))),
            text("indexOf", 1, 1, "integer", (text, given) -> text.indexOf(string(given, 0))),
            text("length", 0, 0, "integer", (text, given) -> text.length()),
            text("upper", 0, 0, "string", (text, given) -> text.toUpperCase(Locale.ROOT)),
            text("lower", 0, 0, "string", (text, given) -> text.toLowerCase(Locale.ROOT)),
            text("trim", 0, 0, "string", (text, given) -> text.strip()),
            text("substring", 1, 2, "string", ValueFunctions::substring),
            text("replace", 2, 2, "string", (text, given) -> replaced(text, string(given, 0), string(given, 1))),
            Map.entry("toString", new Definition(0, 0, "string", (value, given) -> SystemValues.text(value))),
            Map.entry("toInteger", new Definition(0, 0, "integer", (value, given) -> toInteger(value))),
            Map.entry("toDecimal", new Definition(0, 0, "decimal", (value, given) -> toDecimal(value))),
            Map.entry("toBoolean", new Definition(0, 0, "boolean", (value, given) -> toBoolean(value))),
            number("abs", 0, null, (number, given) -> number.abs()),
            number("ceiling", 0, "integer", (number, given) -> number.setScale(0, RoundingMode.CEILING)),
            number("floor", 0, "integer", (number, given) -> number.setScale(0, RoundingMode.FLOOR)),
            number("truncate", 0, "integer", (number, given) -> number.setScale(0, RoundingMode.DOWN)),
            number("round", 1, "decimal", ValueFunctions::round));

    static final Set<String> NAMES = ALL.keySet();

    private ValueFunctions() {}

    private interface TextFunction {
        @Nullable
        Object apply(String text, List<Object> arguments);
    }

    private interface NumberFunction {
        BigDecimal apply(BigDecimal number, List<Object> arguments);
    }

    private static Map.Entry<String, Definition> text(
            String name, int least, int most, String type, TextFunction function) {
        return Map.entry(name, new Definition(least, most, type, (value, given) -> {
            if (value instanceof String || value instanceof TemporalValue) {
                return function.apply(value.toString(), given);
            }
            throw new ViewRowException(name + "() is called on a value that is no text");
        }));
    }

    private static Map.Entry<String, Definition> number(
            String name, int most, @Nullable String type, NumberFunction function) {
        return Map.entry(name, new Definition(0, most, type, (value, given) -> {
            BigDecimal number = SystemValues.number(value);
            if (number == null) {
                throw new ViewRowException(name + "() is called on a value that is no number");
            }
            BigDecimal result = function.apply(number, given);
            boolean whole = "integer".equals(type) || (type == null && value instanceof Integer);
            return whole ? Arithmetic.integer(result) : result;
        }));
    }

    static CompiledPath compile(String name, CompiledPath source, List<CompiledPath> arguments) {
        Definition definition = ALL.get(name);
        if (definition == null) {
            throw new IllegalArgumentException(name);
        }
        FunctionCompiler.require(name, arguments, definition.least(), definition.most());
        Items given = new Items();
        String where = name + "()";
        OperatorCompiler.requireValues(where, source.types());
        arguments.forEach(argument -> OperatorCompiler.requireValues("the argument of " + where, argument.types()));
        TypeSet types = definition.type() == null ? source.types() : TypeSet.of(definition.type());
        return FunctionCompiler.each(source, types, (focus, items, out) -> {
            Object value = SystemValues.single(focus, items, where);
            List<Object> values = new ArrayList<>(arguments.size());
            for (CompiledPath argument : arguments) {
                argument.evaluator().evaluate(focus, given.begin(focus));
                Object one = SystemValues.single(focus, given, where);
                if (one != null) {
                    values.add(one);
                }
            }
            if (value == null || values.size() < arguments.size()) {
                return;
            }
            focus.scan(length(value) * (values.isEmpty() ? 1 : 1 + length(values.get(0))));
            Object result = definition.function().apply(value, values);
            if (result != null) {
                out.value(result);
            }
        });
    }

    /** A text is searched for another one in the time of their product at most. */
    private static long length(Object value) {
        return value instanceof String text ? text.length() : 1;
    }

    private static String replaced(String text, String part, String other) {
        long times = part.isEmpty() ? text.length() + 1L : StringUtils.countMatches(text, part);
        Arithmetic.requireShort(text.length() + times * (other.length() - part.length()));
        return text.replace(part, other);
    }

    private static String string(List<Object> arguments, int i) {
        return SystemValues.text(arguments.get(i));
    }

    private static int integer(List<Object> arguments, int i) {
        if (arguments.get(i) instanceof Integer number) {
            return number;
        }
        throw new ViewRowException("an argument is no integer");
    }

    private static @Nullable String substring(String text, List<Object> given) {
        int from = integer(given, 0);
        if (from < 0 || from >= text.length()) {
            return null;
        }
        int length = given.size() < 2 ? text.length() : Math.max(integer(given, 1), 0);
        return text.substring(from, (int) Math.min(text.length(), (long) from + length));
    }

    private static BigDecimal round(BigDecimal number, List<Object> given) {
        int decimals = given.isEmpty() ? 0 : integer(given, 0);
        if (decimals < 0 || decimals > MOST_DECIMALS) {
            throw new ViewRowException("round() needs a number from 0 to " + MOST_DECIMALS);
        }
        return number.setScale(decimals, RoundingMode.HALF_UP);
    }

    private static @Nullable Integer toInteger(Object value) {
        if (value instanceof Boolean bool) {
            return bool ? 1 : 0;
        }
        if (value instanceof String text) {
            return text.matches("[+-]?\\d{1,10}") ? Arithmetic.integer(new BigDecimal(text)) : null;
        }
        return value instanceof Integer integer ? integer : null;
    }

    private static @Nullable BigDecimal toDecimal(Object value) {
        if (value instanceof Boolean bool) {
            return bool ? BigDecimal.ONE : BigDecimal.ZERO;
        }
        if (value instanceof String text) {
            return text.length() <= 100 && text.matches("[+-]?\\d+(\\.\\d+)?") ? new BigDecimal(text) : null;
        }
        return SystemValues.number(value);
    }

    private static @Nullable Boolean toBoolean(Object value) {
        String text = SystemValues.text(value).toLowerCase(Locale.ROOT);
        if (Set.of("true", "t", "yes", "y", "1", "1.0").contains(text)) {
            return true;
        }
        return Set.of("false", "f", "no", "n", "0", "0.0").contains(text) ? false : null;
    }
}
