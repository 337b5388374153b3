package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code number}, {@code number|system|code} or {@code number||unit}. Units are compared, not converted.
 *
 * @param system null if any will do
 * @param code with a system the unit's code, without one its code or its printed unit; null if any will do
 * @see <a href="https://hl7.org/fhir/R4/search.html#quantity">quantity</a>
 */
record QuantityMatch(
        NumberComparison number,
        @Nullable String system,
        @Nullable String code) implements ValueMatch {
    private static final String CURRENCIES = "urn:iso:std:iso:4217";

    static QuantityMatch read(String text) throws InvalidValueException {
        List<String> parts = SearchEscaping.split(text, '|');
        if (parts.size() != 1 && parts.size() != 3) {
            throw new InvalidValueException("is no quantity; write number, number|system|code or number||unit");
        }
        NumberComparison number = NumberComparison.read(SearchEscaping.unescape(parts.get(0)));
        if (parts.size() == 1) {
            return new QuantityMatch(number, null, null);
        }
        return new QuantityMatch(number, orNull(parts.get(1)), orNull(parts.get(2)));
    }

    private static @Nullable String orNull(String part) throws InvalidValueException {
        return part.isEmpty() ? null : SearchEscaping.unescape(part);
    }

    /** The system may be implied by a type such as Money, the code is written out in any case. */
    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        return code;
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        return switch (type.name()) {
            case "Range" -> isRange(element);
            case "Money" -> isUnit(CURRENCIES, JsonText.of(element, "currency"), null) && isNumber(element);
            default -> hasUnit(element) && isNumber(element);
        };
    }

    private boolean isNumber(JsonNode quantity) {
        return NumericBounds.ofQuantity(quantity).map(number::holds).orElse(false);
    }

    private boolean isRange(JsonNode range) {
        return hasUnitIfPresent(range.get("low"))
                && hasUnitIfPresent(range.get("high"))
                && NumericBounds.ofRange(range).map(number::holds).orElse(false);
    }

    private boolean hasUnitIfPresent(@Nullable JsonNode quantity) {
        return quantity == null || hasUnit(quantity);
    }

    private boolean hasUnit(JsonNode quantity) {
        return isUnit(JsonText.of(quantity, "system"), JsonText.of(quantity, "code"), JsonText.of(quantity, "unit"));
    }

    private boolean isUnit(@Nullable String actualSystem, @Nullable String actualCode, @Nullable String unit) {
        if (system != null && !system.equals(actualSystem)) {
            return false;
        }
        return code == null || code.equals(actualCode) || (system == null && code.equals(unit));
    }
}
