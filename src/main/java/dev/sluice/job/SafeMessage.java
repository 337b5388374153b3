package dev.sluice.job;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts about errors for clients, who must not read the server's secrets, and for the log, whose lines they must not write. */
final class SafeMessage {
    private static final Pattern SECRET =
            Pattern.compile("(?i)\\b(sig|password|pwd|accountkey|sharedaccesssignature|secret|token)=[^&;\\s\"']+");
    /** Control characters, and those that end a line or change the direction of the text. */
    private static final Pattern CONTROL =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]+");

    private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]+@");

    private SafeMessage() {}

    /** What an exception says of itself; its name if it says nothing. */
    static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /**
     * A sentence without the secrets that a connection string or a URL may have brought into it, in one line: a value from
     * a request or a file can have characters that end a line of the log, or that change how a terminal shows it.
     */
    static String masked(String sentence) {
        String line = CONTROL.matcher(sentence).replaceAll(" ");
        return USER_INFO.matcher(SECRET.matcher(line).replaceAll("$1=***")).replaceAll("//***@");
    }

    /** A number of times as people say it. */
    static String times(int number) {
        return number == 1 ? "once" : number + " times";
    }

    /** A number of things as people say it, such as {@code 1 unit} or {@code 2,067 rows}. */
    static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
    }

    /** A time as people say it, such as {@code 30 m}. */
    static String text(Duration time) {
        return time.toString().substring(2).toLowerCase(Locale.ROOT).replaceAll("([hms])(?=\\d)", "$1 ");
    }

    /** The beginning of a sentence, in characters that a header may have. */
    static String brief(String sentence, int length) {
        String plain = sentence.replaceAll("\\s+", " ").replaceAll("[^ -~]", "?");
        return plain.length() <= length ? plain : plain.substring(0, Math.max(0, length - 3)) + "...";
    }
}
