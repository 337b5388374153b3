package dev.sluice.job;

/** An older version of Sluice made the plan of a job, in a form that this one cannot read. The job is planned again. */
public final class OutdatedPlanException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message which form the plan has */
    public OutdatedPlanException(String message) {
        super(message);
    }
}
