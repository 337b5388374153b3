package dev.sluice.delta;

/**
 * Thrown if an export cannot be committed to the tables of its container. A retry would not help. The message is a sentence
 * for the client, which says what would.
 */
public final class CommitRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommitRefusedException(String message) {
        super(message);
    }
}
