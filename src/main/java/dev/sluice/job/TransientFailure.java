package dev.sluice.job;

/** A fault that may pass: the step is tried again. Its message is the sentence that the client reads meanwhile. */
public final class TransientFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public TransientFailure(String message) {
        super(message);
    }

    public TransientFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
