package dev.sluice.feed;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.convert.DurationStyle;
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
    private static final int LONGEST_EXPORT = 100_000;
    private static final int MOST_DELTAS = 1_000;
    private static final Duration SHORTEST_RETENTION = Duration.ofMinutes(1);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(3_650);

    public FeedDefinition {
        List<Issue> faults = faults(export, cron, zone, retention, snapshotEvery);
        if (!faults.isEmpty()) {
            throw new FhirException(400, faults);
        }
    }

    /**
     * What was read of a definition.
     *
     * @param definition in which a value that is not valid is replaced by one that is
     * @param export whether its export is the one that was given
     * @param faults all that is wrong; empty = the definition is what was given
     */
    record Parsed(FeedDefinition definition, boolean export, List<Issue> faults) {}

    /** Reads a definition in JSON, and finds all faults of it; a 400 problem if it is no JSON object. */
    static Parsed parse(byte[] json) {
        return new FeedReader(FhirJson.parseObject(json)).read();
    }

    /** All that is wrong with these values. */
    static List<Issue> faults(String export, String cron, String zone, Duration retention, int snapshotEvery) {
        Stream<String> others = Stream.of(
                faultOfExport(export),
                snapshotEvery >= 1 && snapshotEvery <= MOST_DELTAS
                        ? ""
                        : "snapshotEvery is " + snapshotEvery + "; write a number from 1 to " + MOST_DELTAS + ".",
                retention.compareTo(SHORTEST_RETENTION) >= 0 && retention.compareTo(LONGEST_RETENTION) <= 0
                        ? ""
                        : "retention is not valid; write a duration from 1m to " + LONGEST_RETENTION.toDays()
                                + "d, such as 7d.");
        return Stream.concat(others, FeedSchedule.faults(cron, zone).stream())
                .filter(fault -> !fault.isEmpty())
                .map(fault -> Issue.error("invalid", fault))
                .toList();
    }

    /** What is wrong with an export, before it is read; empty if nothing is. */
    static String faultOfExport(String export) {
        if (export.isBlank() || export.length() > LONGEST_EXPORT) {
            return "export is missing or longer than " + LONGEST_EXPORT
                    + " characters; write the export that is repeated, such as Patient/$export?_type=Patient.";
        }
        return export.indexOf('#') >= 0 || export.chars().anyMatch(c -> c <= ' ' || c == 0x7f)
                ? "export has a space, a control character or a #, which no URL has; write a space as %20 and a # as"
                        + " %23."
                : "";
    }

    /** The same with another export. */
    FeedDefinition withExport(String other) {
        return new FeedDefinition(other, lenient, cron, zone, retention, snapshotEvery, enabled);
    }

    /** The time of the first run after this time. */
    Instant next(Instant after) {
        return FeedSchedule.next(cron, zone, after);
    }

    /** The time between two runs, as a manifest tells it. */
    Duration cadence() {
        return FeedSchedule.gap(cron, zone);
    }

    /** The retention in the largest unit of which it is a whole number. */
    public String retentionText() {
        return text(retention);
    }

    /** A duration in the largest unit of which it is a whole number. */
    static String text(Duration duration) {
        ChronoUnit unit = Stream.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES)
                .filter(each -> duration.toSeconds() % each.getDuration().toSeconds() == 0)
                .findFirst()
                .orElse(ChronoUnit.SECONDS);
        return DurationStyle.SIMPLE.print(duration, unit);
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
