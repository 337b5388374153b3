package dev.sluice.oidc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds a claim by its path. */
public final class ClaimPath {
    private ClaimPath() {}

    /** The values of a claim that is a list or a text with spaces between them; a dot leads into an object. */
    public static List<String> values(Map<String, Object> claims, String path) {
        Object value = claims;
        for (String name : path.split("\\.", -1)) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return values(value);
    }

    private static List<String> values(@Nullable Object value) {
        if (value instanceof String text) {
            return List.of(text.split(" "));
        }
        List<String> all = new ArrayList<>();
        if (value instanceof Collection<?> list) {
            list.forEach(each -> all.add(String.valueOf(each)));
        }
        return all;
    }
}
