package dev.sluice.job;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;

/**
 * A step that this process was given to do. The version of its agenda entry grows each time it changes hands, so a process
 * that was silent for too long and has lost the step is told apart from its present holder.
 *
 * @param task which step
 * @param instance of which job or unit, by id
 * @param holder the process
 * @param version of the agenda entry since the step was taken
 * @param failures how often the step has failed in a row
 */
record Lease(String task, String instance, String holder, long version, int failures) {
    static Lease of(Execution execution) {
        return new Lease(
                execution.getTaskName(),
                execution.getId(),
                execution.pickedBy,
                execution.version,
                execution.consecutiveFailures);
    }

    boolean isUnit() {
        return is(Agenda.RUN);
    }

    /** Whether it is this step, in whatever share. */
    boolean is(TaskDescriptor<Void> step) {
        return Agenda.step(task).equals(step.getTaskName());
    }

    /** The share of threads that it runs in. */
    String share() {
        int at = task.indexOf(Agenda.AT);
        return at < 0 ? "" : task.substring(at + 1);
    }

    long unit() {
        return Long.parseLong(instance);
    }

    @Override
    public String toString() {
        return task + " " + instance;
    }
}
