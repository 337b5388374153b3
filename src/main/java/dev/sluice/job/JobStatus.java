package dev.sluice.job;

/**
 * Where a job stands. It only moves down this list, but for one case: a running job whose plan this version of Sluice
 * cannot read is accepted once more, to be planned again.
 */
public enum JobStatus {
    /** Recorded; not planned yet. */
    ACCEPTED,
    /** Planned; its units run or wait to. */
    RUNNING,
    /** Every unit is done, and the result is there. */
    COMPLETED,
    /** Given up, for the reason that it carries. */
    FAILED,
    /** Cancelled, deleted by its client, or expired: for clients it does not exist any more, and what it made is being erased. */
    DISCARDED
}
