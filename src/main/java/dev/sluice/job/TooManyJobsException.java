package dev.sluice.job;

/** A job is not accepted, since too many of its kind have not ended. Its message is a sentence for the client. */
public final class TooManyJobsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TooManyJobsException(String limit) {
        super(limit
                + " Wait until one of them has ended, or cancel one by DELETE at its status URL, and send the request"
                + " again.");
    }

    static TooManyJobsException ofAll(String kind, int open, int most) {
        return new TooManyJobsException("The number of " + kind + " jobs that have not ended is " + open
                + ", and the limit is " + most + " (sluice.export.max-open-jobs).");
    }

    static TooManyJobsException ofClient(String kind, int open, int most) {
        return new TooManyJobsException("The number of " + kind + " jobs of this client that have not ended is " + open
                + ", and its limit is " + most + ".");
    }
}
