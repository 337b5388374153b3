package dev.sluice.view;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calculates with numbers and texts. What cannot be represented is nothing, as a division by zero. */
final class Arithmetic {
    static final Set<String> OPERATORS = Set.of("+", "-", "*", "/", "div", "mod");

    /** Decimals of a quotient, as FHIRPath requires at least. */
    private static final int DECIMALS = 8;

    /** A text or a number that a view computes is not longer. */
    private static final int LONGEST = 1 << 20;

    private static final int MOST_DIGITS = 200;

    private Arithmetic() {}

    static TypeSet types(String operator, CompiledPath left, CompiledPath right) {
        TypeSet both = left.types().or(right.types());
        if (operator.equals("/")) {
            return TypeSet.DECIMAL;
        }
        if (!both.known()) {
            return TypeSet.UNKNOWN;
        }
        Set<String> names = both.names();
        Set<String> integers = Set.of("integer", "positiveInt", "unsignedInt");
        if (integers.containsAll(names)) {
            return TypeSet.INTEGER;
        }
        boolean numbers = names.stream().allMatch(name -> name.equals("decimal") || integers.contains(name));
        return numbers ? TypeSet.DECIMAL : TypeSet.STRING;
    }

    static @Nullable Object of(String operator, Object left, Object right) {
        BigDecimal a = SystemValues.number(left);
        BigDecimal b = SystemValues.number(right);
        if (a != null && b != null) {
            BigDecimal result = of(operator, a, b);
            boolean whole = left instanceof Integer && right instanceof Integer && !operator.equals("/");
            return whole || operator.equals("div") ? integer(result) : result;
        }
        if (operator.equals("+") && left instanceof String && right instanceof String) {
            return concatenated(left.toString(), right.toString());
        }
        throw new ViewRowException("'" + operator + "' has an operand that is no number");
    }

    private static @Nullable BigDecimal of(String operator, BigDecimal a, BigDecimal b) {
        BigDecimal result = switch (operator) {
            case "+" -> a.add(b);
            case "-" -> a.subtract(b);
            case "*" -> a.multiply(b);
            default -> b.signum() == 0 ? null : divided(operator, a, b);
        };
        if (result != null && (result.precision() > MOST_DIGITS || Math.abs(result.scale()) > MOST_DIGITS)) {
            throw new ViewRowException("a result has more than " + MOST_DIGITS + " digits");
        }
        return result;
    }

    private static BigDecimal divided(String operator, BigDecimal a, BigDecimal b) {
        return switch (operator) {
            case "/" -> plain(a.divide(b, Math.max(DECIMALS, a.scale()), RoundingMode.HALF_UP));
            case "div" -> a.divideToIntegralValue(b);
            default -> a.remainder(b);
        };
    }

    /** Without zeros at the end of its decimals. */
    static BigDecimal plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /** An integer of 32 bits; null if a number is none. */
    static @Nullable Integer integer(@Nullable BigDecimal value) {
        try {
            return value == null ? null : value.intValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    static String concatenated(String left, String right) {
        requireShort((long) left.length() + right.length());
        return left + right;
    }

    /** The values of a collection in one text; without any, an empty one, as the tests of SQL on FHIR have it. */
    static String joined(Focus focus, Items items, String separator) {
        StringBuilder text = new StringBuilder();
        int values = 0;
        for (int i = 0; i < items.size(); i++) {
            Object value = SystemValues.of(focus, items, i);
            if (value != null) { // otherwise it is complex, or has only extensions
                String part = SystemValues.text(value);
                requireShort((long) text.length() + separator.length() + part.length());
                text.append(values++ == 0 ? "" : separator).append(part);
            }
        }
        return text.toString();
    }

    /** Returns if a computed text may have this length. */
    static void requireShort(long length) {
        if (length > LONGEST) {
            throw new ViewRowException("a text that the view computes has more than " + LONGEST + " characters");
        }
    }

    /** The least or the greatest number that would be written as this one with its number of decimals. */
    static BigDecimal boundary(BigDecimal value, boolean low) {
        BigDecimal half = new BigDecimal("0.5").scaleByPowerOfTen(-Math.max(value.scale(), 0));
        BigDecimal bound = low ? value.subtract(half) : value.add(half);
        return bound.setScale(Math.max(DECIMALS, bound.scale()), RoundingMode.UNNECESSARY);
    }

    /** A boundary with another number of decimals. */
    static BigDecimal rounded(BigDecimal bound, int decimals, boolean low) {
        return bound.setScale(decimals, low ? RoundingMode.FLOOR : RoundingMode.CEILING);
    }
}
