package dev.sluice.fhir;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses FHIR dates of any precision into the span of time that they cover, and formats instants.
 *
 * <p>A date without a zone is read as UTC. Precision goes from a year to a nanosecond, further digits are left out; a span is half-open. A leap
 * second, {@code :60}, is read as the second after it.
 *
 * @see <a href="https://hl7.org/fhir/R4/datatypes.html#dateTime">dateTime</a>
 */
public final class FhirInstant {
    private static final Pattern FORM = Pattern.compile("(\\d{4})(?:-(\\d{2})(?:-(\\d{2})"
            + "(?:T(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9})\\d*)?)?(?:Z|([+-])(\\d{2}):(\\d{2}))?)?)?)?");
    private static final int YEAR = 1;
    private static final int MONTH = 2;
    private static final int DAY = 3;
    private static final int HOUR = 4;
    private static final int MINUTE = 5;
    private static final int SECOND = 6;
    private static final int FRACTION = 7;
    private static final int SIGN = 8;
    private static final int ZONE_HOUR = 9;
    private static final int ZONE_MINUTE = 10;

    /** The leap second. Java has no such time, so it is read as the second after it. */
    private static final int LEAP = 60;

    /** The width of a second with this number of fraction digits. */
    private static final int[] NANOS = {
        1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /**
     * The time that a partial date covers.
     *
     * @param from the first instant in it
     * @param until the first instant after it
     */
    public record Span(Instant from, Instant until) {}

    private FhirInstant() {}

    /** The first instant in the time that a client gives as a parameter; a 400 problem if it is no time. */
    public static Instant parameter(String name, String text) {
        return parse(text)
                .map(Span::from)
                .orElseThrow(() -> FhirException.invalid(
                        name + " is no time of FHIR, such as 2026-01-31T12:00:00Z. Write a + in it as %2B."));
    }

    /** The span of a date, dateTime or instant; empty if the text is none of these. */
    public static Optional<Span> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(span(form, text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** An instant with milliseconds in UTC, the form that Sluice writes everywhere. */
    public static String format(Instant instant) {
        return MILLIS.format(instant);
    }

    private static Span span(Matcher form, String text) {
        int year = number(form, YEAR, text);
        if (form.start(MONTH) < 0) {
            return days(Year.of(year).atDay(1), Year.of(year + 1).atDay(1));
        }
        YearMonth month = YearMonth.of(year, number(form, MONTH, text));
        if (form.start(DAY) < 0) {
            return days(month.atDay(1), month.plusMonths(1).atDay(1));
        }
        LocalDate day = LocalDate.of(year, month.getMonth(), number(form, DAY, text));
        return form.start(HOUR) < 0 ? days(day, day.plusDays(1)) : time(form, text, day);
    }

    private static Span time(Matcher form, String text, LocalDate day) {
        boolean toTheMinute = form.start(SECOND) < 0;
        boolean noFraction = form.start(FRACTION) < 0;
        int digits = noFraction ? 0 : form.end(FRACTION) - form.start(FRACTION);
        int unit = NANOS[digits];
        int nanos = noFraction ? 0 : number(form, FRACTION, text) * unit;
        int second = toTheMinute ? 0 : number(form, SECOND, text);
        boolean leap = second == LEAP;
        Instant from = day.atTime(number(form, HOUR, text), number(form, MINUTE, text), leap ? 0 : second, nanos)
                .toInstant(zone(form, text))
                .plusSeconds(leap ? LEAP : 0);
        return new Span(from, toTheMinute ? from.plus(1, ChronoUnit.MINUTES) : from.plusNanos(unit));
    }

    private static ZoneOffset zone(Matcher form, String text) {
        if (form.start(SIGN) < 0) {
            return ZoneOffset.UTC;
        }
        int sign = text.charAt(form.start(SIGN)) == '-' ? -1 : 1;
        return ZoneOffset.ofHoursMinutes(sign * number(form, ZONE_HOUR, text), sign * number(form, ZONE_MINUTE, text));
    }

    private static int number(Matcher form, int part, String text) {
        return Integer.parseInt(text, form.start(part), form.end(part), 10);
    }

    private static Span days(LocalDate from, LocalDate until) {
        return new Span(
                from.atStartOfDay(ZoneOffset.UTC).toInstant(),
                until.atStartOfDay(ZoneOffset.UTC).toInstant());
    }
}
