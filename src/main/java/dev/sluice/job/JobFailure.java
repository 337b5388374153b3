package dev.sluice.job;

/** Ends a job at once: the fault would be the same next time. Its message is the sentence that the client reads. */
public final class JobFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public JobFailure(String message) {
        super(message);
    }

    public JobFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
