package dev.sluice.feed;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.Suggestions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.scheduling.support.CronExpression;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client defines of a feed. Every instance is valid, but for its export.
 *
 * @param export the kick-off, relative to the base, such as {@code Patient/$export?_type=Patient}
 * @param lenient whether parameters that are not supported are ignored and reported
 * @param cron when it runs: seconds, minutes, hours, days, months, days of the week
 * @param zone the time zone of the cron expression
 * @param retention how long files are kept that a follower no longer needs
 * @param snapshotEvery the number of deltas after which a new snapshot is made
 * @param enabled whether it runs by its schedule
 */
public record FeedDefinition(
        String export,
        boolean lenient,
        String cron,
        String zone,
        Duration retention,
        int snapshotEvery,
        boolean enabled) {
    private static final Set<String> PROPERTIES =
            Set.of("name", "export", "lenient", "cron", "zone", "retention", "snapshotEvery", "enabled");
    private static final int LONGEST_EXPORT = 100_000;
    private static final int MOST_DELTAS = 1_000;
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(3_650);

    /** A schedule is tried from here on. Its gap must not depend on the time, since manifests tell it. */
    private static final Instant ANY_TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static final int TRIED_RUNS = 10;

    public FeedDefinition {
        if (export.isBlank() || export.length() > LONGEST_EXPORT) {
            throw FhirException.invalid("export is missing or longer than " + LONGEST_EXPORT
                    + " characters; write the export that is repeated, such as Patient/$export?_type=Patient.");
        }
        if (export.indexOf('#') >= 0 || export.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw FhirException.invalid("export has a space, a control character or a #, which no URL has;"
                    + " write a space as %20 and a # as %23.");
        }
        require(
                "snapshotEvery",
                snapshotEvery >= 1 && snapshotEvery <= MOST_DELTAS,
                "a number from 1 to " + MOST_DELTAS);
        require(
                "retention",
                retention.compareTo(SHORTEST) >= 0 && retention.compareTo(LONGEST_RETENTION) <= 0,
                "a duration from 1m to " + LONGEST_RETENTION.toDays() + "d, such as 7d");
        if (gap(cron, zone).compareTo(SHORTEST) < 0) {
            throw FhirException.invalid("cron '" + cron + "' runs more often than once a minute.");
        }
    }

    /** Reads a definition in JSON; a 400 problem if it is not valid. */
    static FeedDefinition parse(byte[] json) {
        ObjectNode body = FhirJson.parseObject(json);
        for (String property : body.propertyNames()) {
            if (!PROPERTIES.contains(property)) {
                throw FhirException.invalid("A feed has no property '" + StringUtils.abbreviate(property, 50) + "'"
                        + Suggestions.advice(property, PROPERTIES) + ".");
            }
        }
        return new FeedDefinition(
                text(body, "export", ""),
                flag(body, "lenient", false),
                text(body, "cron", ""),
                text(body, "zone", "UTC"),
                duration(text(body, "retention", "7d")),
                number(body),
                flag(body, "enabled", true));
    }

    private static String text(JsonNode body, String name, String otherwise) {
        JsonNode value = body.path(name);
        require(name, value.isMissingNode() || value.isString(), "a text");
        return value.asString(otherwise).strip();
    }

    private static boolean flag(JsonNode body, String name, boolean otherwise) {
        JsonNode value = body.path(name);
        require(name, value.isMissingNode() || value.isBoolean(), "true or false");
        return value.asBoolean(otherwise);
    }

    private static int number(JsonNode body) {
        JsonNode value = body.path("snapshotEvery");
        require("snapshotEvery", value.isMissingNode() || value.canConvertToInt(), "a whole number");
        return value.asInt(30);
    }

    private static Duration duration(String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw FhirException.invalid("retention is '" + StringUtils.abbreviate(text, 50)
                    + "', which is no duration; write one such as 7d or 12h.");
        }
    }

    private static void require(String name, boolean valid, String form) {
        if (!valid) {
            throw FhirException.invalid(name + " is not valid; write " + form + ".");
        }
    }

    /** The shortest time between two runs of a schedule. */
    private static Duration gap(String cron, String zone) {
        Duration shortest = LONGEST_RETENTION;
        Instant last = next(cron, zone, ANY_TIME);
        for (int run = 0; run < TRIED_RUNS; run++) {
            Instant next = next(cron, zone, last);
            Duration gap = Duration.between(last, next);
            shortest = gap.compareTo(shortest) < 0 ? gap : shortest;
            last = next;
        }
        return shortest;
    }

    private static Instant next(String cron, String zone, Instant after) {
        try {
            ZonedDateTime next = CronExpression.parse(cron).next(after.atZone(ZoneId.of(zone)));
            if (next != null) {
                return next.toInstant();
            }
        } catch (DateTimeException e) {
            throw FhirException.invalid("zone is '" + StringUtils.abbreviate(zone, 50)
                    + "', which is no time zone; write one such as UTC or Europe/Berlin.");
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid("cron is not valid: " + StringUtils.abbreviate(e.getMessage(), 200)
                    + ". Write six fields: second, minute, hour, day of the month, month, day of the week; each night at"
                    + " two is '0 0 2 * * *'.");
        }
        throw FhirException.invalid("cron '" + cron + "' never runs.");
    }

    /** The time of the first run after this time. */
    Instant next(Instant after) {
        return next(cron, zone, after);
    }

    /** The time between two runs, as a manifest tells it. */
    Duration cadence() {
        return gap(cron, zone);
    }

    /** The retention in the largest unit of which it is a whole number. */
    public String retentionText() {
        ChronoUnit unit = Stream.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES)
                .filter(each -> retention.toSeconds() % each.getDuration().toSeconds() == 0)
                .findFirst()
                .orElse(ChronoUnit.SECONDS);
        return DurationStyle.SIMPLE.print(retention, unit);
    }

    /** The definition in JSON. */
    ObjectNode json() {
        return FhirJson.MAPPER
                .createObjectNode()
                .put("export", export)
                .put("lenient", lenient)
                .put("cron", cron)
                .put("zone", zone)
                .put("retention", retentionText())
                .put("snapshotEvery", snapshotEvery)
                .put("enabled", enabled);
    }
}
