package dev.sluice.job;

import org.jspecify.annotations.Nullable;

/**
 * The right of this process to do a step. The version grows each time the step is leased, so a process that was silent for
 * too long, and has lost the step, is told apart from its present owner.
 *
 * @param step which step
 * @param job the job as it was when the step was leased
 * @param plan what the job's units have in common, in a form that only the handler reads; null if no plan is recorded
 * @param unit the id of the unit, for the step that runs one; otherwise 0
 * @param number the place of the unit in the plan, from 1; otherwise 0
 * @param payload what the unit does, in a form that only the handler reads; otherwise empty
 * @param version of the row since the step was leased
 * @param starts how often the step was started without an end that was recorded, this time included; the column
 *     {@code attempts}
 * @param failures how often the step has failed in a row
 * @param trace the trace to which the steps of the job belong, as the header traceparent has it; null = none
 */
record Lease(
        Step step,
        Job job,
        @Nullable String plan,
        long unit,
        int number,
        String payload,
        long version,
        int starts,
        int failures,
        @Nullable String trace) {
    boolean isUnit() {
        return step == Step.RUN;
    }

    /** The id of the row that holds the lease. */
    Object id() {
        return isUnit() ? unit : job.id();
    }

    @Override
    public String toString() {
        return step + (isUnit() ? " " + number : "") + " of job " + job.id();
    }
}
