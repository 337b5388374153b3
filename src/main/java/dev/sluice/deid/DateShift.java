package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The method {@code dateShift}: moves dates by whole days that follow from a key and an id. Immutable. */
final class DateShift {
    private static final int MAX_DAYS = 50;
    private static final int MAX_WEEKS = 7;

    private static final int MULTIPLIER = 131;
    private static final int DATE_LENGTH = 10;

    /** The part behind the date. */
    private static final Pattern TIME = Pattern.compile("T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?");

    private static final Pattern ZONE = Pattern.compile("Z|[+-][0-9]{2}:[0-9]{2}|");

    private final ToIntFunction<String> days;

    private DateShift(ToIntFunction<String> days) {
        this.days = days;
    }

    /** The setting {@code dateShiftFixedOffsetInDays}: the same for every id. */
    static DateShift fixed(int days) {
        return new DateShift(id -> days);
    }

    /**
     * As Microsoft's tool has it, by the id of the resource.
     *
     * <p>It is no secret function: it depends only on the remainder of the key, so that somebody who knows the shift of a
     * resource can find those of all others. Use it only where its result has to be the same as Microsoft's.
     */
    static DateShift likeMicrosoft(byte[] key) {
        byte[] ownKey = key.clone();
        return new DateShift(id -> {
            int remainder = remainder(ownKey, remainder(id.getBytes(UTF_8), 0));
            return remainder - MAX_DAYS;
        });
    }

    /**
     * By HMAC, never by 0. The id is that of the patient, or of a resource that belongs to no patient.
     *
     * @param wholeWeeks whether each date keeps its day of the week
     */
    static DateShift keyed(byte[] key, boolean wholeWeeks) {
        Hmac hmac = new Hmac(key);
        int max = wholeWeeks ? MAX_WEEKS : MAX_DAYS;
        return new DateShift(id -> {
            BigInteger number = new BigInteger(1, hmac.of(id));
            int choice = number.mod(BigInteger.valueOf(2L * max)).intValue() - max;
            int units = choice < 0 ? choice : choice + 1;
            return wholeWeeks ? 7 * units : units;
        });
    }

    /** The number of days by which the dates move that belong to this id. */
    int days(String id) {
        return days.applyAsInt(id);
    }

    /**
     * The date, dateTime or instant, moved by these days. Digits of its time become 0; its zone remains. Null if it has no
     * day, is no date, or must not remain because of the age that it tells: then {@link PartialDates#year} says what may
     * remain.
     *
     * @param today the day at which ages are counted
     */
    static @Nullable String shift(String value, int days, LocalDate today) {
        if (value.length() < DATE_LENGTH || !PartialDates.hasYear(value)) {
            return null;
        }
        String time = zeroTime(value.substring(DATE_LENGTH));
        if (time == null || value.charAt(7) != '-' || PartialDates.isOver89(value, today)) {
            return null;
        }
        try {
            LocalDate moved = LocalDate.of(
                            PartialDates.digits(value, 0, 4),
                            PartialDates.digits(value, 5, 7),
                            PartialDates.digits(value, 8, DATE_LENGTH))
                    .plusDays(days);
            boolean fourDigits = moved.getYear() >= 1 && moved.getYear() <= 9999;
            return fourDigits ? moved + time : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Null if the text is no time. */
    private static @Nullable String zeroTime(String text) {
        if (ZONE.matcher(text).matches()) {
            return ""; // a day has no zone
        }
        int zone = 0;
        while (zone < text.length() && "Z+-".indexOf(text.charAt(zone)) < 0) {
            zone++;
        }
        boolean valid = TIME.matcher(text).region(0, zone).matches()
                && ZONE.matcher(text).region(zone, text.length()).matches();
        if (!valid) {
            return null;
        }
        char[] result = text.toCharArray();
        for (int i = 0; i < zone; i++) {
            result[i] = result[i] >= '0' && result[i] <= '9' ? '0' : result[i];
        }
        return new String(result);
    }

    private static int remainder(byte[] bytes, int start) {
        int remainder = start;
        for (byte b : bytes) {
            remainder = (remainder * MULTIPLIER + Byte.toUnsignedInt(b)) % (2 * MAX_DAYS + 1);
        }
        return remainder;
    }
}
