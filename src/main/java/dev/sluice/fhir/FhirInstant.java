package dev.sluice.fhir;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads FHIR dates of any precision as the span of time that they cover, and prints instants.
 *
 * <p>A date without a zone is read as UTC. Precision goes from a year to a nanosecond; a span is half-open.
 *
 * @see <a href="https://hl7.org/fhir/R4/datatypes.html#dateTime">dateTime</a>
 */
public final class FhirInstant {
    private static final Pattern FORM = Pattern.compile(
            "(\\d{4})(?:-(\\d{2})(?:-(\\d{2})(?:T(\\d{2}:\\d{2})(:\\d{2})?(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})?)?)?)?");
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /**
     * The time that a partial date covers.
     *
     * @param from the first instant in it
     * @param until the first instant after it
     */
    public record Span(Instant from, Instant until) {}

    private FhirInstant() {}

    /** The span of a date, dateTime or instant; empty when the text is none. */
    public static Optional<Span> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || (form.group(6) != null && form.group(5) == null)) {
            return Optional.empty();
        }
        try {
            return Optional.of(span(form));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** An instant with milliseconds in UTC, the form that Sluice writes everywhere. */
    public static String format(Instant instant) {
        return MILLIS.format(instant);
    }

    private static Span span(Matcher form) {
        int year = Integer.parseInt(form.group(1));
        if (form.group(2) == null) {
            return days(Year.of(year).atDay(1), Year.of(year + 1).atDay(1));
        }
        YearMonth month = YearMonth.of(year, Integer.parseInt(form.group(2)));
        if (form.group(3) == null) {
            return days(month.atDay(1), month.plusMonths(1).atDay(1));
        }
        LocalDate day = LocalDate.of(year, month.getMonth(), Integer.parseInt(form.group(3)));
        return form.group(4) == null ? days(day, day.plusDays(1)) : moment(form, day);
    }

    private static Span moment(Matcher form, LocalDate day) {
        String seconds = form.group(5) == null ? ":00" : form.group(5);
        String fraction = form.group(6) == null ? "" : form.group(6);
        String local = day + "T" + form.group(4) + seconds + fraction;
        Instant from = form.group(7) == null
                ? LocalDateTime.parse(local).toInstant(ZoneOffset.UTC)
                : OffsetDateTime.parse(local + form.group(7)).toInstant();
        if (form.group(5) == null) {
            return new Span(from, from.plus(1, ChronoUnit.MINUTES));
        }
        int digits = Math.max(fraction.length() - 1, 0);
        return new Span(from, from.plusNanos((long) Math.pow(10, 9 - digits)));
    }

    private static Span days(LocalDate from, LocalDate until) {
        return new Span(
                from.atStartOfDay(ZoneOffset.UTC).toInstant(),
                until.atStartOfDay(ZoneOffset.UTC).toInstant());
    }
}
