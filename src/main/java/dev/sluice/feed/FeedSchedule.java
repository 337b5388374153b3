package dev.sluice.feed;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.apache.commons.lang3.StringUtils;
import org.springframework.scheduling.support.CronExpression;

/** When a feed runs, by a cron expression and a time zone. */
final class FeedSchedule {
    private static final Duration SHORTEST_GAP = Duration.ofMinutes(1);
    private static final Duration LONGEST_GAP = Duration.ofDays(3_650);

    /** A schedule is tried from here on. Its gap must not depend on the time, since manifests tell it. */
    private static final Instant ANY_TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static final int TRIED_RUNS = 10;

    private FeedSchedule() {}

    /** What is wrong with a schedule, in sentences, which may be empty. */
    static List<String> faults(String cron, String zone) {
        String wrongZone = isZone(zone)
                ? ""
                : "zone is '" + StringUtils.abbreviate(zone, 50)
                        + "', which is no time zone; write one such as UTC or Europe/Berlin.";
        return List.of(faultOfCron(cron, wrongZone.isEmpty() ? zone : "UTC"), wrongZone);
    }

    private static String faultOfCron(String cron, String zone) {
        try {
            return gap(cron, zone).compareTo(SHORTEST_GAP) < 0
                    ? "cron '" + cron + "' runs more often than once a minute."
                    : "";
        } catch (NeverException e) {
            return "cron '" + cron + "' never runs.";
        } catch (IllegalArgumentException e) {
            return "cron is not valid: " + StringUtils.abbreviate(e.getMessage(), 200)
                    + ". Write six fields: second, minute, hour, day of the month, month, day of the week; each night at"
                    + " two is '0 0 2 * * *'.";
        }
    }

    private static boolean isZone(String zone) {
        try {
            return !ZoneId.of(zone).getId().isEmpty();
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** The shortest time between two runs of a schedule. */
    static Duration gap(String cron, String zone) {
        Duration shortest = LONGEST_GAP;
        Instant last = next(cron, zone, ANY_TIME);
        for (int run = 0; run < TRIED_RUNS; run++) {
            Instant next = next(cron, zone, last);
            Duration gap = Duration.between(last, next);
            shortest = gap.compareTo(shortest) < 0 ? gap : shortest;
            last = next;
        }
        return shortest;
    }

    /**
     * The time of the first run after this time.
     *
     * @throws IllegalArgumentException if the cron expression is not valid, or never runs
     */
    static Instant next(String cron, String zone, Instant after) {
        ZonedDateTime next = CronExpression.parse(cron).next(after.atZone(ZoneId.of(zone)));
        if (next == null) {
            throw new NeverException();
        }
        return next.toInstant();
    }

    /** A schedule has no run. */
    private static final class NeverException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
    }
}
