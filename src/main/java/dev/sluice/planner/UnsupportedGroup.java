package dev.sluice.planner;

import dev.sluice.json.TopLevelScanner;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recognises Groups that define their members by other means than a list. An export of such a Group would be empty or
 * hold too much, so it is refused.
 *
 * @see <a href="https://hl7.org/fhir/R4/group.html">Group</a>
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/StructureDefinition-bulk-cohort-group.html">Bulk Data IG,
 *     member-filter</a>
 */
final class UnsupportedGroup {
    private static final TopLevelScanner SAID =
            new TopLevelScanner(Set.of("actual", "characteristic", "modifierExtension"));
    private static final TopLevelScanner MEMBERS = new TopLevelScanner(Set.of("member"));
    private static final int EMPTY_ARRAY = 2;

    private UnsupportedGroup() {}

    /** The reason why a Group is not supported, as the rest of a sentence about it; null if it is supported. */
    static @Nullable String reason(byte[] body) {
        ObjectNode said = SAID.read(body, 0, body.length);
        if (!said.path("modifierExtension").isEmpty()) {
            return "has a modifierExtension, " + urls(said.path("modifierExtension"))
                    + ", which may change who belongs to it and is not supported";
        }
        if (said.path("actual").isBoolean() && !said.path("actual").booleanValue()) {
            return "has actual=false, so it describes a kind of patients and has no members";
        }
        if (!said.path("characteristic").isEmpty() && !hasMembers(body)) {
            return "has characteristics and no members, and characteristics are not evaluated";
        }
        return null;
    }

    private static Set<String> urls(JsonNode extensions) {
        Set<String> urls = new LinkedHashSet<>();
        for (JsonNode extension : extensions) {
            urls.add(extension.path("url").asString("without a url"));
        }
        return urls;
    }

    private static boolean hasMembers(byte[] body) {
        boolean[] found = {false};
        MEMBERS.each(body, 0, body.length, (name, start, value, end) -> found[0] |= end - value > EMPTY_ARRAY);
        return found[0];
    }
}
