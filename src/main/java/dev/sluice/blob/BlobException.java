package dev.sluice.blob;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the storage refuses a request, fails, or cannot be reached.
 *
 * <p>The message names the action, the remedy, and the error of the storage or the operating system, which may hold paths
 * and URLs. It is for the log.
 */
public final class BlobException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Pattern SIGNATURE = Pattern.compile("(?i)\\bsig=[^&\\s\"']+");

    /** What a caller can do about it. */
    public enum Reason {
        /** Time-outs, throttling, lost connections, busy servers: the same call may succeed later. */
        TRANSIENT,
        /** Missing rights, a container that is gone: the same call fails until a person acts. */
        PERMANENT,
        /** The storage has no room: the same call fails until something is deleted. */
        FULL,
        /** The blob to read does not exist. */
        NOT_FOUND
    }

    /** How often the storage has failed in this process, by reason. */
    private static final Map<Reason, LongAdder> FAULTS = Stream.of(Reason.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), reason -> new LongAdder()));

    private final Reason reason;
    private final String sentence;

    BlobException(Reason reason, String sentence, @Nullable Throwable cause) {
        super(cause == null ? sentence : sentence + " (" + answer(cause) + ")", cause);
        this.reason = reason;
        this.sentence = sentence;
        Objects.requireNonNull(FAULTS.get(reason)).increment();
    }

    /** How often a call has failed for this reason in this process. */
    public static long count(Reason reason) {
        return Objects.requireNonNull(FAULTS.get(reason)).sum();
    }

    /** The action and the remedy, for clients: without what the storage or the operating system says. */
    public String sentence() {
        return sentence;
    }

    public Reason reason() {
        return reason;
    }

    /** The messages of the whole chain, each once, without the signature of a URL. */
    private static String answer(Throwable cause) {
        StringBuilder answer = new StringBuilder();
        for (Throwable link = cause; link != null; link = link.getCause()) {
            String message = link.getMessage() == null ? link.getClass().getSimpleName() : link.getMessage();
            if (answer.indexOf(message) < 0) {
                answer.append(answer.length() == 0 ? "" : ": ").append(message);
            }
        }
        return SIGNATURE.matcher(answer).replaceAll("sig=…");
    }
}
