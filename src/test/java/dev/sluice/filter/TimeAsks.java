package dev.sluice.filter;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Timing;
import org.jspecify.annotations.Nullable;

/**
 * Questions about dates: R4's table of prefixes, on ranges as wide as a date's precision. Greater or equal, and less or
 * equal, are by overlap: what reaches into the value itself counts, though it begins before it and ends in it.
 */
final class TimeAsks {
    private static final List<String> PREFIXES = List.of("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap");
    private static final int DAY = 10;

    /** From the first instant to before the last one. */
    private record Range(Instant low, Instant high) {
        boolean overlaps(Range other) {
            return low.isBefore(other.high) && other.low.isBefore(high);
        }

        boolean contains(Range other) {
            return !other.low.isBefore(low) && !other.high.isAfter(high);
        }
    }

    private TimeAsks() {}

    /** Every prefix with the date, with it at less precision, and with the day after it. */
    static List<Ask> of(IBase element, Instant now) {
        List<Ask> asks = new ArrayList<>();
        for (String text : texts(element)) {
            List<String> values = new ArrayList<>(List.of(text, text.substring(0, 4)));
            if (text.length() >= DAY) {
                LocalDate day = LocalDate.parse(text.substring(0, DAY));
                values.addAll(List.of(day.toString(), day.plusDays(1).toString(), text.substring(0, 7)));
                values.add(day + "T12:00:00.000Z");
                values.add(day + "T23:30-01:00");
            }
            for (String value : values) {
                PREFIXES.forEach(prefix -> asks.add(ask(prefix, value, now)));
            }
        }
        return asks;
    }

    /** Whether an element does not end before a time. */
    static boolean reaches(IBase element, Instant time) {
        Range actual = range(element);
        return actual != null && new Range(time, Instant.MAX).overlaps(actual);
    }

    private static Ask ask(String prefix, String value, Instant now) {
        Range asked = range(value);
        return Ask.of(prefix + value.replace("+", "%2B"), e -> {
            Range actual = range(e);
            return actual != null && holds(prefix, asked, actual, now);
        });
    }

    private static boolean holds(String prefix, Range asked, Range actual, Instant now) {
        Range above = new Range(asked.high, Instant.MAX);
        Range below = new Range(Instant.MIN, asked.low);
        return switch (prefix) {
            case "", "eq" -> asked.contains(actual);
            case "ne" -> !asked.contains(actual);
            case "gt" -> above.overlaps(actual);
            case "lt" -> below.overlaps(actual);
            case "ge" -> above.overlaps(actual) || asked.overlaps(actual);
            case "le" -> below.overlaps(actual) || asked.overlaps(actual);
            case "sa" -> !asked.overlaps(actual) && above.contains(actual);
            case "eb" -> !asked.overlaps(actual) && below.contains(actual);
            default -> {
                Duration tenth = Duration.between(asked.low, now).abs().dividedBy(10);
                yield new Range(asked.low.minus(tenth), asked.high.plus(tenth)).overlaps(actual);
            }
        };
    }

    private static List<String> texts(IBase element) {
        List<String> texts = new ArrayList<>();
        if (element instanceof BaseDateTimeType date) {
            texts.add(date.getValueAsString());
        } else if (element instanceof Period period) {
            texts.add(period.getStartElement().getValueAsString());
            texts.add(period.getEndElement().getValueAsString());
        } else if (element instanceof Timing timing) {
            timing.getEvent().forEach(event -> texts.add(event.getValueAsString()));
        }
        texts.removeIf(text -> text == null);
        return texts;
    }

    private static @Nullable Range range(IBase element) {
        if (element instanceof InstantType instant) {
            Instant low = range(instant.getValueAsString()).low;
            return new Range(low, low.plusNanos(1));
        }
        if (element instanceof BaseDateTimeType date) {
            return date.getValueAsString() == null ? null : range(date.getValueAsString());
        }
        if (element instanceof Period period) {
            return range(period);
        }
        if (element instanceof Timing timing) {
            Range all = timing.getRepeat().hasBoundsPeriod()
                    ? range(timing.getRepeat().getBoundsPeriod())
                    : null;
            for (var event : timing.getEvent()) {
                Range one = range(event.getValueAsString());
                all = all == null ? one : new Range(min(all.low, one.low), max(all.high, one.high));
            }
            return all;
        }
        return null;
    }

    /** Data in which a period ends before it starts means the time between. */
    private static @Nullable Range range(Period period) {
        String start = period.getStartElement().getValueAsString();
        String end = period.getEndElement().getValueAsString();
        if (start == null && end == null) {
            return null;
        }
        Instant low = start == null ? Instant.MIN : range(start).low;
        Instant high = end == null ? Instant.MAX : range(end).high;
        return low.isBefore(high) ? new Range(low, high) : new Range(range(end).low, range(start).high);
    }

    private static Range range(String text) {
        return switch (text.length()) {
            case 4 ->
                days(Year.parse(text).atDay(1), Year.parse(text).plusYears(1).atDay(1));
            case 7 ->
                days(
                        YearMonth.parse(text).atDay(1),
                        YearMonth.parse(text).plusMonths(1).atDay(1));
            case DAY -> days(LocalDate.parse(text), LocalDate.parse(text).plusDays(1));
            default -> moment(text);
        };
    }

    private static Range moment(String text) {
        Instant low = OffsetDateTime.parse(text).toInstant();
        String time = text.substring(DAY + 1).replaceFirst("(Z|[+-]\\d\\d:\\d\\d)$", "");
        int dot = time.indexOf('.');
        if (dot < 0) {
            return new Range(low, low.plusSeconds(time.length() == 5 ? 60 : 1));
        }
        long width = 1_000_000_000L;
        for (int digits = time.length() - dot - 1; digits > 0; digits--) {
            width /= 10;
        }
        return new Range(low, low.plusNanos(width));
    }

    private static Range days(LocalDate low, LocalDate high) {
        return new Range(
                low.atStartOfDay(ZoneOffset.UTC).toInstant(),
                high.atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    private static Instant min(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant max(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }
}
