package dev.sluice.view;

import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The values of constants of a view. */
final class ConstantValue {
    private static final Set<String> TEXTS = Set.of(
            "valueBase64Binary",
            "valueCanonical",
            "valueCode",
            "valueId",
            "valueOid",
            "valueString",
            "valueUri",
            "valueUrl",
            "valueUuid");

    private ConstantValue() {}

    /**
     * What a constant is in an expression: a Boolean, an Integer, a BigDecimal, a String or a {@link TemporalValue}; null if it
     * is not valid.
     *
     * @param property such as {@code valueCode}
     */
    static @Nullable Object of(String property, JsonNode value) {
        if (TEXTS.contains(property)) {
            return value.isString() ? value.stringValue() : null;
        }
        return switch (property) {
            case "valueBoolean" -> value.isBoolean() ? value.booleanValue() : null;
            case "valueInteger", "valuePositiveInt", "valueUnsignedInt" ->
                value.isIntegralNumber() && value.canConvertToInt() ? value.intValue() : null;
            case "valueInteger64" -> value.isString() ? whole(value.stringValue()) : null;
            case "valueDecimal" -> value.isNumber() ? decimal(value.decimalValue()) : null;
            case "valueDate" -> value.isString() ? TemporalValue.parse(value.stringValue(), false) : null;
            case "valueDateTime", "valueInstant" ->
                value.isString() ? TemporalValue.parse(value.stringValue(), true) : null;
            case "valueTime" -> value.isString() ? TemporalValue.time(value.stringValue()) : null;
            default -> null;
        };
    }

    private static @Nullable BigDecimal decimal(BigDecimal value) {
        boolean isLong = value.precision() > SystemValues.MOST_DIGITS
                || Math.abs((long) value.scale()) > SystemValues.MOST_DIGITS;
        return isLong ? null : value;
    }

    private static @Nullable BigDecimal whole(String text) {
        return text.matches("-?\\d{1,19}") ? new BigDecimal(text) : null;
    }
}
