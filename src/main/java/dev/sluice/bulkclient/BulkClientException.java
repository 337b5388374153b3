package dev.sluice.bulkclient;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown if a request to a server has no result. The message is a sentence for the user of a command. */
public final class BulkClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the user can do. */
    public enum Kind {
        /** The request or the answer is wrong; the same would happen again. */
        FAILED,
        /** What the request names does not exist, or exists no longer. */
        NOT_FOUND,
        /** The server gives no access. */
        DENIED,
        /** The fault can pass: the same request may succeed later. */
        TEMPORARY
    }

    private final String sentence;
    private final Kind kind;
    private final @Nullable Duration retryAfter;

    public BulkClientException(Kind kind, String sentence) {
        this(kind, sentence, null);
    }

    private BulkClientException(Kind kind, String sentence, @Nullable Duration retryAfter) {
        super(sentence);
        this.sentence = sentence;
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** A fault that the same request would meet again. */
    static BulkClientException failed(String sentence) {
        return new BulkClientException(Kind.FAILED, sentence, null);
    }

    /**
     * A fault that can pass.
     *
     * @param retryAfter when the server wants the next request; empty if it does not say it
     */
    static BulkClientException temporary(String sentence, Optional<Duration> retryAfter) {
        return new BulkClientException(Kind.TEMPORARY, sentence, retryAfter.orElse(null));
    }

    /** The message. */
    public String sentence() {
        return sentence;
    }

    public Kind kind() {
        return kind;
    }

    /** When the server wants the next request; empty if it does not say it. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
