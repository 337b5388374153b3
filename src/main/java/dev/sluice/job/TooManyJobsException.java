package dev.sluice.job;

/** A job is not accepted, since too many of its kind have not ended. Its message is a sentence for the client. */
public final class TooManyJobsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyJobsException(String kind, int open, int most) {
        super("The number of " + kind + " jobs that have not ended is " + open + ", and the limit is " + most
                + " (sluice.export.max-open-jobs). Wait until one of them has ended, or cancel one by DELETE at its status"
                + " URL, and send the request again.");
    }
}
