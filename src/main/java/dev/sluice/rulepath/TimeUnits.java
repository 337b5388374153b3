package dev.sluice.rulepath;

import java.util.Locale;
import java.util.Map;

/** The units in which an age can be: codes of UCUM, and words. */
final class TimeUnits {
    /** The unit is none of time. */
    static final int NONE = -1;

    /** The unit is longer than a year, or how long it is is not known. */
    private static final int LONG = 0;

    private static final int MAX_AGE = 89;

    /** No number of an age is longer; a longer one may take long to read. */
    private static final int MAX_LENGTH = 40;

    /** How many are in a year, at least. */
    private static final Map<String, Integer> UNITS = Map.ofEntries(
            Map.entry("a", 1),
            Map.entry("a_j", 1),
            Map.entry("a_g", 1),
            Map.entry("a_t", 1),
            Map.entry("y", 1),
            Map.entry("yo", 1),
            Map.entry("yr", 1),
            Map.entry("yrs", 1),
            Map.entry("year", 1),
            Map.entry("years", 1),
            Map.entry("age", 1),
            Map.entry("ann", 1),
            Map.entry("annum", 1),
            Map.entry("annus", 1),
            Map.entry("an", 1),
            Map.entry("ans", 1),
            Map.entry("anni", 1),
            Map.entry("anos", 1),
            Map.entry("años", 1),
            Map.entry("jaar", 1),
            Map.entry("jahr", 1),
            Map.entry("jahre", 1),
            Map.entry("daa", LONG),
            Map.entry("decade", LONG),
            Map.entry("decades", LONG),
            Map.entry("mo", 12),
            Map.entry("mo_j", 12),
            Map.entry("mo_g", 12),
            Map.entry("mo_s", 12),
            Map.entry("mos", 12),
            Map.entry("mth", 12),
            Map.entry("mths", 12),
            Map.entry("month", 12),
            Map.entry("months", 12),
            Map.entry("wk", 52),
            Map.entry("wks", 52),
            Map.entry("week", 52),
            Map.entry("weeks", 52),
            Map.entry("d", 365),
            Map.entry("day", 365),
            Map.entry("days", 365));

    private TimeUnits() {}

    /**
     * How many such units are in a year, or 0 if that is not known; {@link #NONE} if the unit is none of time, such as {@code
     * mg}, or has time in its denominator only, such as {@code mL/d}.
     */
    static int perYear(String unit) {
        int slash = unit.indexOf('/');
        String numerator = (slash < 0 ? unit : unit.substring(0, slash)).strip();
        if (numerator.equals("A")) {
            return NONE; // ampere
        }
        String lower = numerator.toLowerCase(Locale.ROOT);
        Integer known = UNITS.get(lower);
        return known == null ? ofWords(lower) : known;
    }

    /** Of a unit such as {@code years old} or {@code 10.a}. */
    private static int ofWords(String unit) {
        int found = NONE;
        int start = -1;
        boolean number = false;
        for (int i = 0; i <= unit.length(); i++) {
            char c = i < unit.length() ? unit.charAt(i) : ' ';
            number |= c >= '0' && c <= '9';
            if (Character.isLetter(c) || c == '_') {
                start = start < 0 ? i : start;
            } else if (start >= 0) {
                Integer known = UNITS.get(unit.substring(start, i));
                found = known == null ? found : found == NONE ? known : Math.min(found, known);
                start = -1;
            }
        }
        return found != NONE && number ? LONG : found;
    }

    /** Whether a number of one of these units, where they are units of time, is at most 89 years. */
    static boolean isAtMost89Years(String number, String unit, String other) {
        if (number.length() > MAX_LENGTH) {
            return false;
        }
        double value = Math.abs(Double.parseDouble(number));
        return isAtMost89Years(value, perYear(unit)) && isAtMost89Years(value, perYear(other));
    }

    /** Whether a number can be an age of at most 89 years. */
    static boolean isAtMost89(String number) {
        return isAtMost89Years(number, "a", "");
    }

    private static boolean isAtMost89Years(double number, int perYear) {
        return perYear == NONE || number <= (double) MAX_AGE * perYear;
    }
}
