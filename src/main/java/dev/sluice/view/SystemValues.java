package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The values that elements have in FHIRPath: a primitive of FHIR is read as one of the types that operators know. */
final class SystemValues {
    /** Arithmetic would write out all digits of a number such as 1e99999999. */
    static final int MOST_DIGITS = 100;

    private SystemValues() {}

    /**
     * A Boolean, an Integer, a BigDecimal, a String or a {@link TemporalValue}; null if the item has no such value, since it is
     * complex or has only extensions.
     */
    static @Nullable Object of(Focus focus, Items items, int i) {
        Object value = items.computed(i);
        if (value != null) {
            return value;
        }
        ElementModel model = items.model(i);
        int node = items.node(i);
        if (node < 0 || model == null || model.kind() != ElementModel.Kind.PRIMITIVE) {
            return null;
        }
        focus.spendReading(node);
        return primitive(focus.tape, node, model.name());
    }

    private static @Nullable Object primitive(JsonTape tape, int node, String type) {
        return switch (tape.kind(node)) {
            case JsonTape.WORD -> word(tape, node);
            case JsonTape.STRING -> {
                String text = tape.text(node);
                Object time = switch (type) {
                    case "date" -> TemporalValue.parse(text, false);
                    case "dateTime", "instant" -> TemporalValue.parse(text, true);
                    case "time" -> TemporalValue.time(text);
                    default -> null;
                };
                yield time == null ? text : time;
            }
            default -> null;
        };
    }

    private static Object word(JsonTape tape, int node) {
        byte[] json = tape.json();
        int from = tape.start(node);
        if (json[from] == 't' || json[from] == 'f') {
            return json[from] == 't';
        }
        String text = new String(json, from, tape.end(node) - from, UTF_8);
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            return decimal(text);
        }
    }

    private static BigDecimal decimal(String text) {
        try {
            BigDecimal value = text.length() > MOST_DIGITS ? null : new BigDecimal(text);
            if (value != null && Math.abs((long) value.scale()) <= MOST_DIGITS) {
                return value;
            }
        } catch (NumberFormatException e) {
            // its exponent is no int
        }
        throw new ViewRowException("a number has more than " + MOST_DIGITS + " digits");
    }

    /** The value of a collection of at most one item; null if it is empty or has none. */
    static @Nullable Object single(Focus focus, Items items, String where) {
        requireSingle(items, where);
        return items.isEmpty() ? null : of(focus, items, 0);
    }

    static void requireSingle(Items items, String where) {
        if (items.size() > 1) {
            throw new ViewRowException(where + " has " + items.size() + " values where one is expected");
        }
    }

    /** What a collection is as a condition: null if it is empty; a single item that is no boolean is true. */
    static @Nullable Boolean condition(Focus focus, Items items, String where) {
        requireSingle(items, where);
        if (items.isEmpty()) {
            return null;
        }
        Object value = of(focus, items, 0);
        return value instanceof Boolean bool ? bool : Boolean.TRUE;
    }

    /** A value as text, as {@code toString()} writes it. */
    static String text(Object value) {
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    /** An Integer or a BigDecimal as a BigDecimal; null for anything else. */
    static @Nullable BigDecimal number(@Nullable Object value) {
        if (value instanceof Integer integer) {
            return BigDecimal.valueOf(integer);
        }
        return value instanceof BigDecimal decimal ? decimal : null;
    }
}
