package dev.sluice.console;

import dev.sluice.fhir.FhirInstant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes numbers and times as the pages have them. Templates call it as {@code @words}. */
@Component("words")
class Words {
    private static final int SECONDS_OF_MINUTE = 60;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Clock clock;

    Words(Clock clock) {
        this.clock = clock;
    }

    /** A number with its thousands apart. */
    public String count(long number) {
        return Numbers.count(number);
    }

    /** A size with its unit, such as {@code 1.2 GB}. */
    public String bytes(long size) {
        return Numbers.bytes(size);
    }

    /** A time that passes, in its two largest units. */
    public String duration(@Nullable Duration time) {
        if (time == null) {
            return "";
        }
        long seconds = Math.max(0, time.toSeconds());
        if (seconds == 0) {
            return "under 1 s";
        }
        if (seconds < SECONDS_OF_MINUTE) {
            return seconds + " s";
        }
        if (time.toHours() < 1) {
            return time.toMinutes() + " min" + rest(time.toSecondsPart(), " s");
        }
        return time.toDays() < 1
                ? time.toHours() + " h" + rest(time.toMinutesPart(), " min")
                : time.toDays() + " d" + rest(time.toHoursPart(), " h");
    }

    /** How long ago a time is. */
    public String ago(@Nullable Instant time) {
        if (time == null) {
            return "";
        }
        Duration age = Duration.between(time, clock.instant());
        return age.toSeconds() < 1 ? "just now" : duration(age) + " ago";
    }

    /** How long it is until a time. */
    public String until(@Nullable Instant time) {
        return time == null ? "" : duration(Duration.between(clock.instant(), time));
    }

    /** The time between two; the second may be missing, as of something that is not over. */
    public String between(Instant from, @Nullable Instant to) {
        return duration(Duration.between(from, to == null ? clock.instant() : to));
    }

    /** A time for people. */
    public String time(@Nullable Instant time) {
        return time == null ? "" : TIME.format(time);
    }

    /** The time of a day. */
    public String clock(@Nullable Instant time) {
        return time == null ? "" : CLOCK.format(time);
    }

    /** A time for programs. */
    public String iso(@Nullable Instant time) {
        return time == null ? "" : FhirInstant.format(time);
    }

    private static String rest(int amount, String unit) {
        return amount == 0 ? "" : " " + amount + unit;
    }
}
