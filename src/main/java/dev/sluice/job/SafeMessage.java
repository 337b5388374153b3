package dev.sluice.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts about errors for clients, who must not read the server's secrets, and for the log, whose lines they must not write. */
final class SafeMessage {
    private static final Pattern SECRET =
            Pattern.compile("(?i)\\b(sig|password|pwd|accountkey|sharedaccesssignature|secret|token)=[^&;\\s\"']+");
    /** Causes of causes of an exception that are shown. */
    private static final int DEEPEST = 20;

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

    /** The same for an exception, its causes and what was suppressed, as the log has them; the same one if nothing changes. */
    static Throwable masked(Throwable cause) {
        return isPlain(cause, DEEPEST) ? cause : new Masked(cause, DEEPEST);
    }

    private static boolean isPlain(Throwable cause, int depth) {
        return masked(cause.toString()).equals(cause.toString())
                && Arrays.stream(cause.getSuppressed()).allMatch(each -> depth > 0 && isPlain(each, depth - 1))
                && (cause.getCause() == null || depth > 0 && isPlain(cause.getCause(), depth - 1));
    }

    /** Says and shows the same as another exception, by sentences that are masked. */
    private static final class Masked extends Exception {
        private static final long serialVersionUID = 1L;

        private final String text;

        Masked(Throwable original, int depth) {
            super(masked(message(original)), depth == 0 ? null : causeOf(original, depth));
            this.text = masked(original.toString());
            setStackTrace(original.getStackTrace());
            if (depth > 0) {
                Arrays.stream(original.getSuppressed()).forEach(each -> addSuppressed(new Masked(each, depth - 1)));
            }
        }

        private static @Nullable Throwable causeOf(Throwable original, int depth) {
            return original.getCause() == null ? null : new Masked(original.getCause(), depth - 1);
        }

        @Override
        public String toString() {
            return text;
        }
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
