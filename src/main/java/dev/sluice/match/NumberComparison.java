package dev.sluice.match;

import dev.sluice.match.ValueMatch.InvalidValueException;
import dev.sluice.r4.ElementType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A number with a prefix, to be compared with a number or with a range of numbers.
 *
 * <p>{@code eq}, {@code ne} and {@code ap} take the value as wide as its last digit: 100 means 99.5 up to, but not
 * including, 100.5. The other prefixes take it as exact. A number in a resource is always exact, and its exponent may be
 * any: it is compared only, since BigDecimal compares magnitudes first, and never calculated with.
 *
 * @param low where the value begins
 * @param high the first number after it
 * @see <a href="https://hl7.org/fhir/R4/search.html#number">number</a>
 */
record NumberComparison(ComparisonPrefix prefix, BigDecimal value, BigDecimal low, BigDecimal high)
        implements ValueMatch {
    /** Beyond any measured quantity, and small enough to calculate with. */
    private static final int MAX_DIGITS = 100;

    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal TENTH = new BigDecimal("0.1");

    static NumberComparison read(String text) throws InvalidValueException {
        ComparisonPrefix.Prefixed parts = ComparisonPrefix.split(text);
        BigDecimal value = number(parts.rest());
        BigDecimal margin = margin(value);
        if (parts.prefix() == ComparisonPrefix.AP) {
            margin = margin.max(value.abs().multiply(TENTH));
        }
        return new NumberComparison(parts.prefix(), value, value.subtract(margin), value.add(margin));
    }

    private static BigDecimal number(String text) throws InvalidValueException {
        try {
            BigDecimal value = text.length() > MAX_DIGITS ? null : new BigDecimal(text);
            if (value != null && value.scale() <= MAX_DIGITS && value.scale() >= -MAX_DIGITS) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as is a number that is too long.
        }
        throw malformed();
    }

    private static InvalidValueException malformed() {
        return new InvalidValueException("is no number; write one such as 5, 5.40 or 5.4e-3, of at most " + MAX_DIGITS
                + " digits" + ComparisonPrefix.ADVICE);
    }

    /** Half of the last digit. R4's table takes 1e2 as 95 to 105: a lone digit with an exponent counts as two. */
    private static BigDecimal margin(BigDecimal value) {
        BigDecimal lastDigit = BigDecimal.ONE.scaleByPowerOfTen(-value.scale());
        boolean loneDigit = value.scale() < 0 && value.precision() == 1;
        return lastDigit.multiply(HALF).multiply(loneDigit ? TENTH : BigDecimal.ONE);
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        if (type.name().equals("Range")) {
            return NumericBounds.ofRange(element).map(this::holds).orElse(false);
        }
        return element.isNumber() && holds(element.decimalValue(), element.decimalValue());
    }

    boolean holds(NumericBounds bounds) {
        return holds(bounds.low(), bounds.high());
    }

    /** Whether the prefix holds for an actual range that includes both bounds; a null bound is unlimited. */
    private boolean holds(@Nullable BigDecimal from, @Nullable BigDecimal to) {
        return switch (prefix) {
            case EQ -> isWithin(from, to);
            case NE -> !isWithin(from, to);
            case GT -> to == null || to.compareTo(value) > 0;
            case GE -> to == null || to.compareTo(value) >= 0;
            case LT -> from == null || from.compareTo(value) < 0;
            case LE -> from == null || from.compareTo(value) <= 0;
            case SA -> from != null && from.compareTo(value) > 0;
            case EB -> to != null && to.compareTo(value) < 0;
            case AP -> (to == null || to.compareTo(low) >= 0) && (from == null || from.compareTo(high) <= 0);
        };
    }

    private boolean isWithin(@Nullable BigDecimal from, @Nullable BigDecimal to) {
        return from != null && to != null && from.compareTo(low) >= 0 && to.compareTo(high) < 0;
    }
}
