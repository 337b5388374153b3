package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.store.ResourceWrite;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the version and the time from the {@code meta} of an imported line. */
final class LineOrigin {
    /** Up to 999,999,999, so that later versions have numbers too. */
    private static final Pattern NUMBER = Pattern.compile("0*[1-9]\\d{0,8}");

    private static final String DELETED_STATE = "http://azurehealthcareapis.com/data-extensions/deleted-state";

    private LineOrigin() {}

    /** Number and time of the line, if it has one of them. */
    static ResourceWrite.@Nullable Origin of(JsonNode resource, long line, ImportMeta mode) {
        JsonNode meta = resource.path("meta");
        int versionId = number(meta.path("versionId").asString(""));
        String lastUpdated = meta.path("lastUpdated").asString("");
        Instant time = time(lastUpdated);
        return versionId == 0 && time == null
                ? null
                : new ResourceWrite.Origin(
                        line, versionId, time == null ? null : lastUpdated, time, mode == ImportMeta.KEEP);
    }

    /** Whether the line is no resource any more, as Azure's servers and Sluice mark it in exports. */
    static boolean isDeletion(JsonNode resource) {
        for (JsonNode extension : resource.path("meta").path("extension")) {
            if (extension.path("url").asString("").equals(DELETED_STATE)
                    && extension.path("valueString").asString("").equals("soft-deleted")) {
                return true;
            }
        }
        return false;
    }

    private static int number(String text) {
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    }

    private static @Nullable Instant time(String text) {
        return text.indexOf('T') < 0
                ? null
                : FhirInstant.parse(text)
                        .map(span -> span.from().truncatedTo(ChronoUnit.MICROS))
                        .orElse(null);
    }
}
