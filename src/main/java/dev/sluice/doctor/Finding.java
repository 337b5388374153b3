package dev.sluice.doctor;

import java.util.Locale;

/**
 * The result of a check.
 *
 * @param level how bad it is
 * @param topic what was checked
 * @param text what was found
 * @param advice what to do; empty if there is nothing to do, or the text says it
 */
public record Finding(Level level, Topic topic, String text, String advice) {
    /** How bad a finding is. */
    public enum Level {
        OK,
        /** The server works, but not as well or as safely as it could. */
        WARNING,
        /** The server, or a part of it, does not work. */
        PROBLEM,
        /** It is not known, because something else is missing. */
        SKIPPED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Finding {
        text = clean(text);
        advice = clean(advice);
    }

    /** Nothing is to be done. */
    public static Finding ok(Topic topic, String text) {
        return new Finding(Level.OK, topic, text, "");
    }

    public static Finding warning(Topic topic, String text, String advice) {
        return new Finding(Level.WARNING, topic, text, advice);
    }

    public static Finding problem(Topic topic, String text, String advice) {
        return new Finding(Level.PROBLEM, topic, text, advice);
    }

    /** What was not checked, and why. */
    public static Finding skipped(Topic topic, String text) {
        return new Finding(Level.SKIPPED, topic, text, "");
    }

    /** One line, without secrets, and with one mark at its end. */
    private static String clean(String text) {
        String line = text.replaceAll("\\s+", " ").strip().replaceFirst("([.?!])\\.$", "$1");
        return Secrets.masked(line);
    }
}
