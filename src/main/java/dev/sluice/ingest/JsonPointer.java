package dev.sluice.ingest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a JSON document.
 *
 * @param names of members and indexes of elements, from the root on
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>
 */
record JsonPointer(List<String> names) {
    JsonPointer {
        names = List.copyOf(names);
    }

    /** Null if the text is no JSON Pointer. */
    static @Nullable JsonPointer parse(String text) {
        if (text.isEmpty()) {
            return new JsonPointer(List.of());
        }
        if (text.charAt(0) != '/' || text.matches("(?s).*~(?![01]).*")) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (String part : text.substring(1).split("/", -1)) {
            names.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPointer(names);
    }

    boolean isRoot() {
        return names.isEmpty();
    }

    /** What it is a member or an element of. */
    JsonPointer parent() {
        return new JsonPointer(names.subList(0, names.size() - 1));
    }

    /** The last name or index. */
    String last() {
        return names.get(names.size() - 1);
    }

    /** Whether the other place is inside this one. */
    boolean isAbove(JsonPointer other) {
        return other.names.size() > names.size()
                && other.names.subList(0, names.size()).equals(names);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        names.forEach(name -> text.append('/').append(name.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }
}
