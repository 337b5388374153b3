package dev.sluice.json;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads strings of an unvalidated JSON tree: a field that is missing or has another type is null. */
public final class JsonText {
    private JsonText() {}

    public static @Nullable String of(JsonNode value) {
        return value.isString() ? value.stringValue() : null;
    }

    public static @Nullable String of(JsonNode parent, String field) {
        JsonNode value = parent.get(field);
        return value == null ? null : of(value);
    }

    /** Whether the test holds for a field's string, or for one of the strings of its array. */
    public static boolean any(JsonNode parent, String field, Predicate<String> test) {
        JsonNode value = parent.get(field);
        if (value == null) {
            return false;
        }
        if (value.isString()) {
            return test.test(value.stringValue());
        }
        for (int i = 0; i < value.size(); i++) {
            JsonNode element = value.get(i);
            if (element != null && element.isString() && test.test(element.stringValue())) {
                return true;
            }
        }
        return false;
    }
}
