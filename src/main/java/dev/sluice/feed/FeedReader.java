package dev.sluice.feed;

import dev.sluice.feed.FeedDefinition.Parsed;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.Suggestions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.lang3.StringUtils;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the definition of a feed, and collects all that is wrong with it, so that a client gets it at once. */
final class FeedReader {
    private static final Set<String> PROPERTIES =
            Set.of("name", "export", "lenient", "cron", "zone", "retention", "snapshotEvery", "enabled");

    /** What stands for values that are not valid. */
    private static final FeedDefinition VALID =
            new FeedDefinition("$export", false, "0 0 2 * * *", "UTC", Duration.ofDays(7), 30, true);

    private final ObjectNode body;
    private final List<Issue> faults = new ArrayList<>();

    FeedReader(ObjectNode body) {
        this.body = body;
    }

    Parsed read() {
        for (String property : body.propertyNames()) {
            if (!PROPERTIES.contains(property)) {
                fault("A feed has no property '" + StringUtils.abbreviate(property, 50) + "'"
                        + Suggestions.advice(property, PROPERTIES) + ".");
            }
        }
        String export = text("export", "", VALID.export());
        boolean lenient = flag("lenient", VALID.lenient());
        String cron = text("cron", "", VALID.cron());
        String zone = text("zone", VALID.zone(), VALID.zone());
        Duration retention = retention();
        int every = snapshotEvery();
        boolean enabled = flag("enabled", VALID.enabled());
        faults.addAll(FeedDefinition.faults(export, cron, zone, retention, every));
        boolean given = body.path("export").isString()
                && FeedDefinition.faultOfExport(export).isEmpty();
        return new Parsed(
                faults.isEmpty()
                        ? new FeedDefinition(export, lenient, cron, zone, retention, every, enabled)
                        : new FeedDefinition(
                                given ? export : VALID.export(),
                                lenient,
                                VALID.cron(),
                                VALID.zone(),
                                VALID.retention(),
                                VALID.snapshotEvery(),
                                enabled),
                given,
                List.copyOf(faults));
    }

    private String text(String name, String otherwise, String valid) {
        JsonNode value = body.path(name);
        return is(name, value.isMissingNode() || value.isString(), "a text")
                ? value.asString(otherwise).strip()
                : valid;
    }

    private boolean flag(String name, boolean otherwise) {
        JsonNode value = body.path(name);
        return is(name, value.isMissingNode() || value.isBoolean(), "true or false")
                ? value.asBoolean(otherwise)
                : otherwise;
    }

    private int snapshotEvery() {
        JsonNode value = body.path("snapshotEvery");
        return is("snapshotEvery", value.isMissingNode() || value.canConvertToInt(), "a whole number")
                ? value.asInt(VALID.snapshotEvery())
                : VALID.snapshotEvery();
    }

    private Duration retention() {
        String text = text("retention", VALID.retentionText(), VALID.retentionText());
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            fault("retention is '" + StringUtils.abbreviate(text, 50)
                    + "', which is no duration; write one such as 7d or 12h.");
            return VALID.retention();
        }
    }

    private boolean is(String name, boolean valid, String form) {
        if (!valid) {
            fault(name + " is not valid; write " + form + ".");
        }
        return valid;
    }

    private void fault(String sentence) {
        faults.add(Issue.error("invalid", sentence));
    }
}
