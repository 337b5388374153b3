package dev.sluice.rulepath;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import dev.sluice.rulepath.RulePath.Step;
import dev.sluice.rulepath.RulePath.WhereExists;
import dev.sluice.rulepath.RulePath.WhereText;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells whether the {@code where(…)} of a path holds for an element. */
public interface Conditions {
    /** For no element: only what does not depend on conditions is found. */
    Conditions NOT_TESTED = step -> false;

    boolean hold(Step step);

    /**
     * Those of one element.
     *
     * @param node its value, or negative
     * @param beside the object beside a primitive value, or negative
     */
    static Conditions of(JsonTape tape, ElementModel type, int node, int beside) {
        return step -> step instanceof WhereText where
                ? new Search(tape, where.text()).isOne(where.names(), type, node, beside)
                : new Search(tape, null).exists(((WhereExists) step).names(), type, node, beside);
    }

    /** Follows names from an element. For use by one thread. */
    final class Search {
        private final JsonTape tape;
        private final byte[] wanted;
        private int found;
        private int equal;

        Search(JsonTape tape, @Nullable String wanted) {
            this.tape = tape;
            this.wanted = bytes(wanted == null ? "" : wanted);
        }

        /** FHIRPath compares one value with one other: of several, none is equal. */
        boolean isOne(List<String> names, ElementModel type, int node, int beside) {
            below(names, 0, type, node);
            below(names, 0, type, beside);
            return found == 1 && equal == 1;
        }

        boolean exists(List<String> names, ElementModel type, int node, int beside) {
            below(names, 0, type, node);
            below(names, 0, type, beside);
            return found > 0;
        }

        private void below(List<String> names, int depth, ElementModel type, int node) {
            if (node < 0 || tape.kind(node) != JsonTape.OBJECT) {
                return;
            }
            for (int field = node + 1; field < tape.next(node); field = tape.next(field + 1)) {
                int place = place(field, names.get(depth), type);
                Child child = place < 0 ? null : type.children().get(place >> 1);
                boolean besideValue = place >= 0
                        && (place & 1) != 0
                        && depth + 1 == names.size()
                        && tape.find(node, bytes(Objects.requireNonNull(child).field())) >= 0;
                if (child != null && child.name().equals(names.get(depth)) && !besideValue) {
                    each(names, depth + 1, child.type(), field + 1);
                }
            }
        }

        /** Most fields are told by their first bytes not to be the one: a field has the name, or begins with it. */
        private int place(int field, String name, ElementModel type) {
            if (tape.isEscaped(field)) {
                return type.find(tape, field);
            }
            byte[] json = tape.json();
            int from = tape.start(field) + 1;
            int to = tape.end(field) - 1;
            int start = json[from] == '_' ? from + 1 : from;
            if (to - start < name.length()) {
                return -1;
            }
            for (int i = 0; i < name.length(); i++) {
                if (json[start + i] != name.charAt(i)) {
                    return -1;
                }
            }
            return type.find(tape, field);
        }

        private static byte[] bytes(String text) {
            return text.getBytes(UTF_8);
        }

        private void each(List<String> names, int depth, ElementModel type, int value) {
            if (tape.kind(value) != JsonTape.ARRAY) {
                at(names, depth, type, value);
                return;
            }
            for (int node = value + 1; node < tape.next(value); node = tape.next(node)) {
                at(names, depth, type, node);
            }
        }

        private void at(List<String> names, int depth, ElementModel type, int node) {
            if (tape.kind(node) == JsonTape.NULL) {
                return;
            }
            if (depth < names.size()) {
                below(names, depth, type, node);
                return;
            }
            found++;
            equal += tape.kind(node) == JsonTape.STRING && tape.is(node, wanted) ? 1 : 0;
        }
    }
}
