package dev.sluice.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How large an export would be, from the answer of {@code $export-estimate}.
 *
 * @param types for each type, the largest first
 * @param time how long it would take; null = not known yet
 * @param notes what else it says, such as of the rules of a de-identified export
 */
record Estimate(List<Size> types, Size total, @Nullable Duration time, List<String> notes) {
    /**
     * The size of a part.
     *
     * @param name of the part; empty = it is all
     * @param exact whether the numbers are counted and not estimated
     */
    record Size(String name, long rows, long bytes, long files, boolean exact) {
        static Size of(JsonNode parameter) {
            return new Size(
                    part(parameter, "type").path("valueCode").asString(""),
                    part(parameter, "count").path("valueDecimal").asLong(0),
                    part(parameter, "bytes").path("valueDecimal").asLong(0),
                    part(parameter, "files").path("valueDecimal").asLong(0),
                    part(parameter, "exact").path("valueBoolean").asBoolean(false));
        }
    }

    static Estimate of(JsonNode answer) {
        List<Size> types = new ArrayList<>();
        Size total = new Size("", 0, 0, 0, false);
        Duration time = null;
        List<String> notes = new ArrayList<>();
        for (JsonNode parameter : answer.path("parameter")) {
            switch (parameter.path("name").asString("")) {
                case "output" -> types.add(Size.of(parameter));
                case "total" -> {
                    total = Size.of(parameter);
                    JsonNode seconds = part(parameter, "seconds").path("valueDecimal");
                    time = seconds.isNumber() ? Duration.ofSeconds(seconds.asLong(0)) : null;
                }
                default -> note(parameter, notes);
            }
        }
        types.sort((one, other) -> Long.compare(other.bytes(), one.bytes()));
        return new Estimate(List.copyOf(types), total, time, List.copyOf(notes));
    }

    private static void note(JsonNode parameter, List<String> notes) {
        String name = parameter.path("name").asString("");
        if (parameter.has("valueString")) {
            notes.add(name + ": " + parameter.path("valueString").asString(""));
        }
        for (JsonNode part : parameter.path("part")) {
            part.properties().stream()
                    .filter(property -> property.getKey().startsWith("value"))
                    .forEach(property -> notes.add(part.path("name").asString("") + ": "
                            + property.getValue().asString("")));
        }
    }

    private static JsonNode part(JsonNode parameter, String name) {
        for (JsonNode part : parameter.path("part")) {
            if (part.path("name").asString("").equals(name)) {
                return part;
            }
        }
        return parameter.path("none");
    }
}
