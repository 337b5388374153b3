package dev.sluice.match;

import dev.sluice.r4.ElementType;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;

/** Matches a number element, or a range of numbers, with a number that has a prefix. */
record NumberMatch(NumberComparison number) implements ValueMatch {
    static NumberMatch read(String text) throws InvalidValueException {
        return new NumberMatch(NumberComparison.read(text));
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        if (type.name().equals("Range")) {
            return NumericBounds.ofRange(element)
                    .map(b -> number.holds(b.low(), b.high()))
                    .orElse(false);
        }
        if (!element.isNumber()) {
            return false;
        }
        BigDecimal actual = element.decimalValue();
        return number.holds(actual, actual);
    }
}
