package dev.sluice.deid;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** What may remain of dates and ages: the year, unless somebody would be older than 89 years who was born then. */
final class PartialDates {
    private static final int MAX_AGE = 89;
    private static final int YEAR_DIGITS = 4;

    /** No age is longer; a longer number may take long to read. */
    private static final int MAX_AGE_LENGTH = 40;

    private PartialDates() {}

    /**
     * The year of a date, dateTime or instant; null if nothing of it may remain, or if it is no date.
     *
     * @param today the day at which ages are counted
     */
    static @Nullable String year(String value, LocalDate today) {
        return hasYear(value) && !isOver89(value, today) ? value.substring(0, YEAR_DIGITS) : null;
    }

    /**
     * Whether somebody born at this time is older than 89 years. A missing month or day counts as the first one.
     *
     * @param value a text that begins with a year
     */
    static boolean isOver89(String value, LocalDate today) {
        int month = Math.max(1, number(value, 5, 12));
        int day = number(value, 5, 12) == 0 ? 1 : Math.max(1, number(value, 8, 31));
        boolean before =
                today.getMonthValue() < month || (today.getMonthValue() == month && today.getDayOfMonth() < day);
        return today.getYear() - digits(value, 0, YEAR_DIGITS) - (before ? 1 : 0) > MAX_AGE;
    }

    /** Whether an age is above 89. What is no number counts as one. */
    static boolean isOver89(String age) {
        if (age.length() > MAX_AGE_LENGTH) {
            return true;
        }
        try {
            return new BigDecimal(age).compareTo(BigDecimal.valueOf(MAX_AGE)) > 0;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    /** Whether the text is four digits, alone or before a hyphen. */
    static boolean hasYear(String value) {
        return value.length() >= YEAR_DIGITS
                && digits(value, 0, YEAR_DIGITS) >= 0
                && (value.length() == YEAR_DIGITS || value.charAt(YEAR_DIGITS) == '-');
    }

    /** The two digits there, behind a hyphen; 0 if there are none, or their number is larger. */
    private static int number(String value, int start, int max) {
        if (value.length() < start + 2 || value.charAt(start - 1) != '-') {
            return 0;
        }
        int number = digits(value, start, start + 2);
        return number > max ? 0 : Math.max(0, number);
    }

    /** The number that these characters spell; -1 if one is no digit. */
    static int digits(String value, int start, int end) {
        int number = 0;
        for (int i = start; i < end; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }
}
