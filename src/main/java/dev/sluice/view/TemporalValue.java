package dev.sluice.view;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A date, a time of day, or both, as precise as it was written.
 *
 * @param kind what it is
 * @param parts year, month, day, hour, minute and second, those that were written; of a time of day, from the hour on
 * @param fraction of the second, with its digits; null if none was written
 * @param offset of the zone from UTC; null if none was written
 * @see <a href="https://hl7.org/fhirpath/N1/#datetime-comparison">comparison in FHIRPath</a>
 */
record TemporalValue(
        Kind kind,
        int[] parts,
        @Nullable BigDecimal fraction,
        @Nullable ZoneOffset offset) {
    private static final Pattern DATE_TIME = Pattern.compile("(\\d{4})(?:-(\\d\\d)(?:-(\\d\\d)(?:T(\\d\\d)"
            + "(?::(\\d\\d)(?::(\\d\\d)(\\.\\d{1,20})?)?)?(Z|[+-]\\d\\d:\\d\\d)?)?)?)?");
    private static final Pattern TIME = Pattern.compile("(\\d\\d)(?::(\\d\\d)(?::(\\d\\d)(\\.\\d{1,20})?)?)?");
    private static final int DATE_PARTS = 3;
    private static final int[] EARLIEST = {0, 1, 1, 0, 0, 0};
    private static final int[] LATEST = {0, 12, 0, 23, 59, 59};
    private static final ZoneOffset FIRST_ZONE = ZoneOffset.ofHours(14);
    private static final ZoneOffset LAST_ZONE = ZoneOffset.ofHours(-12);

    /** What a value is. */
    enum Kind {
        DATE,
        DATE_TIME,
        TIME
    }

    /** Null if the text is no date or date and time. */
    static @Nullable TemporalValue parse(String text, boolean dateTime) {
        Matcher matcher = DATE_TIME.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int[] parts = parts(matcher, 6);
        String fraction = matcher.group(7);
        String zone = matcher.group(8);
        try {
            TemporalValue value = new TemporalValue(
                    dateTime ? Kind.DATE_TIME : Kind.DATE,
                    parts,
                    fraction == null ? null : new BigDecimal("0" + fraction),
                    zone == null ? null : ZoneOffset.of(zone));
            value.local();
            return value;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Null if the text is no time of day. */
    static @Nullable TemporalValue time(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String fraction = matcher.group(4);
        int[] parts = parts(matcher, 3);
        return parts[0] > 23 || Arrays.stream(parts).skip(1).anyMatch(part -> part > 59)
                ? null
                : new TemporalValue(Kind.TIME, parts, fraction == null ? null : new BigDecimal("0" + fraction), null);
    }

    private static int[] parts(Matcher matcher, int most) {
        int count = 0;
        while (count < most && matcher.group(count + 1) != null) {
            count++;
        }
        int[] parts = new int[count];
        for (int i = 0; i < count; i++) {
            parts[i] = Integer.parseInt(matcher.group(i + 1));
        }
        return parts;
    }

    private LocalDateTime local() {
        int[] all = EARLIEST.clone();
        System.arraycopy(parts, 0, all, 0, parts.length);
        return LocalDateTime.of(all[0], all[1], all[2], all[3], all[4], Math.min(all[5], 59)); // 60 is a leap second
    }

    /**
     * Less than, equal to or greater than 0 as this value is before, at or after another one; null if that cannot be told,
     * for one is more precise than the other, or only one has a zone.
     */
    @Nullable
    Integer compare(TemporalValue other) {
        if ((kind == Kind.TIME) != (other.kind == Kind.TIME)) {
            return null;
        }
        boolean zones = offset != null && other.offset != null;
        if (!zones && (offset != null || other.offset != null) && hasTime() && other.hasTime()) {
            return null;
        }
        int[] mine = zones ? utc() : parts;
        int[] others = zones ? other.utc() : other.parts;
        int common = Math.min(mine.length, others.length);
        for (int i = 0; i < common; i++) {
            if (mine[i] != others[i]) {
                return Integer.compare(mine[i], others[i]);
            }
        }
        if (mine.length != others.length) {
            return null;
        }
        BigDecimal none = BigDecimal.ZERO;
        return Objects.requireNonNullElse(fraction, none).compareTo(Objects.requireNonNullElse(other.fraction, none));
    }

    private boolean hasTime() {
        return kind == Kind.TIME || parts.length > DATE_PARTS;
    }

    private int[] utc() {
        LocalDateTime moved =
                local().minusSeconds(Objects.requireNonNull(offset).getTotalSeconds());
        int[] all = {
            moved.getYear(),
            moved.getMonthValue(),
            moved.getDayOfMonth(),
            moved.getHour(),
            moved.getMinute(),
            parts.length == EARLIEST.length ? parts[5] : 0
        };
        return Arrays.copyOf(all, parts.length);
    }

    /** The first or the last moment that this value may mean, in milliseconds, or a day if it is a date. */
    TemporalValue boundary(boolean low) {
        int from = kind == Kind.TIME ? DATE_PARTS : 0;
        int[] all = Arrays.copyOf(parts, (kind == Kind.DATE ? DATE_PARTS : EARLIEST.length) - from);
        for (int i = parts.length; i < all.length; i++) {
            boolean lastDay = !low && from + i == 2;
            all[i] = lastDay ? YearMonth.of(all[0], all[1]).lengthOfMonth() : (low ? EARLIEST : LATEST)[from + i];
        }
        if (kind == Kind.DATE) {
            return new TemporalValue(kind, all, null, null);
        }
        boolean zoned = kind == Kind.DATE_TIME;
        return new TemporalValue(
                kind, all, milliseconds(low), zoned && offset == null ? (low ? FIRST_ZONE : LAST_ZONE) : offset);
    }

    private BigDecimal milliseconds(boolean low) {
        String digits = fraction == null ? "" : fraction.toPlainString().substring(2);
        StringBuilder three = new StringBuilder(digits.length() > 3 ? digits.substring(0, 3) : digits);
        while (three.length() < 3) {
            three.append(low ? '0' : '9');
        }
        return new BigDecimal("0." + three);
    }

    /** This value with fewer parts: 4 digits are a year, 8 a day, 17 a millisecond; of a time, 2 are an hour, 9 a millisecond. */
    @Nullable
    TemporalValue withDigits(int digits) {
        int timeDigits = kind == Kind.TIME ? digits : digits - 8;
        int count = kind == Kind.TIME ? timeDigits / 2 : digits <= 8 ? digits / 2 - 1 : DATE_PARTS + timeDigits / 2;
        boolean whole = timeDigits == 9 && kind != Kind.DATE;
        boolean even = digits % 2 == 0 && count >= 1 && count <= parts.length && (kind == Kind.TIME || digits >= 4);
        if (whole) {
            return this;
        }
        return even
                ? new TemporalValue(kind, Arrays.copyOf(parts, count), null, count > DATE_PARTS ? offset : null)
                : null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int from = kind == Kind.TIME ? DATE_PARTS : 0;
        for (int i = 0; i < parts.length; i++) {
            int part = from + i;
            text.append(i == 0 ? "" : part < DATE_PARTS ? "-" : part == DATE_PARTS ? "T" : ":")
                    .append(String.format(Locale.ROOT, part == 0 ? "%04d" : "%02d", parts[i]));
        }
        if (fraction != null) {
            text.append(fraction.toPlainString().substring(1));
        }
        if (offset != null) {
            text.append(offset.getId());
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TemporalValue value
                && kind == value.kind
                && toString().equals(value.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
