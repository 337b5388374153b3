package dev.sluice.match;

import dev.sluice.json.JsonText;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The range of numbers that a Quantity or a Range in a resource covers.
 *
 * @param low the least one, null for no limit
 * @param high the greatest one, null for no limit
 */
record NumericBounds(@Nullable BigDecimal low, @Nullable BigDecimal high) {
    /** Empty when a Range has neither bound, or one that cannot be read: it is not open there. */
    static Optional<NumericBounds> ofRange(JsonNode range) {
        BigDecimal low = value(range.get("low"));
        BigDecimal high = value(range.get("high"));
        boolean isUnreadable = isUnreadable(low, range.path("low")) || isUnreadable(high, range.path("high"));
        return isUnreadable || (low == null && high == null)
                ? Optional.empty()
                : Optional.of(new NumericBounds(low, high));
    }

    /** A quantity is one number, unless a comparator such as {@code <} opens it to one side. Empty without a value. */
    static Optional<NumericBounds> ofQuantity(JsonNode quantity) {
        BigDecimal value = value(quantity);
        if (value == null) {
            return Optional.empty();
        }
        String comparator = JsonText.of(quantity, "comparator");
        boolean below = comparator != null && comparator.startsWith("<");
        boolean above = comparator != null && comparator.startsWith(">");
        return Optional.of(new NumericBounds(below ? null : value, above ? null : value));
    }

    private static boolean isUnreadable(@Nullable BigDecimal value, JsonNode bound) {
        return value == null && bound.hasNonNull("value");
    }

    private static @Nullable BigDecimal value(@Nullable JsonNode quantity) {
        JsonNode value = quantity == null ? null : quantity.get("value");
        return value == null || !value.isNumber() ? null : value.decimalValue();
    }
}
