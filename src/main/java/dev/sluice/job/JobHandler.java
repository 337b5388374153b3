package dev.sluice.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a kind of job does. The engine calls {@link #plan}, then {@link #run} for each unit, then {@link #finish}; it calls
 * {@link #erase} when what the job made is to be erased.
 *
 * <p>Each call may come on another thread or process than the one before. Each may come again after a process was killed
 * in the middle, and must then leave the same as one call would. An exception ends the job at once, unless
 * {@link FaultClassifier} knows that it may pass, such as a {@link TransientFailure}: then the call is repeated later with
 * growing pauses.
 */
public interface JobHandler {
    /** The kind of job that this handler runs, such as {@code export}. Each kind has workers of its own. */
    String kind();

    /**
     * Decides what the job does, and divides it into units. What is returned is recorded with the job, all of it or
     * nothing. A job without units is finished at once.
     */
    Plan plan(Job job) throws Exception;

    /**
     * Runs one unit and returns its result.
     *
     * @param plan the text that {@link #plan} made for all units
     * @param unit the payload that {@link #plan} gave it
     * @param context where to report progress, and what says that the job was cancelled
     * @throws OutdatedPlanException if an older version of Sluice made the plan, and this one cannot read it
     */
    String run(Job job, String plan, String unit, UnitContext context) throws Exception;

    /**
     * Makes the job's result from the results of its units, in the order of the plan.
     *
     * @param plan the text that {@link #plan} made for all units
     * @param checkLease called directly before anything becomes visible; throws if the job is over or another process
     *     finishes it
     * @throws OutdatedPlanException if an older version of Sluice made the plan, and this one cannot read it
     */
    String finish(Job job, String plan, List<String> results, Runnable checkLease) throws Exception;

    /** Releases what only a running job needs. Called in the transaction that completes the job. */
    default void release(Job job) {}

    /** Erases everything that the job made. May run while a unit is still stopping; it runs again after that unit. */
    void erase(Job job) throws Exception;

    /**
     * What was decided for a job.
     *
     * @param text what all units have in common, in a form that only the handler reads
     * @param units the pieces, in the order of their results
     */
    record Plan(String text, List<Unit> units) {
        public Plan {
            units = List.copyOf(units);
        }
    }

    /**
     * Erases the files of an outdated plan. The job is planned again after that, so files of the same names may come.
     *
     * @param checkLease called often; throws if another process has taken the job over
     */
    default void eraseOutdated(Job job, Runnable checkLease) throws Exception {}

    /** Deletes the rows that an outdated plan, or a planning that did not end, has made. Called in a transaction. */
    default void deleteWorkingRows(Job job) {}

    /**
     * A piece of a job.
     *
     * @param payload what to do, in a form that only the handler reads
     * @param bytes its size; recorded as {@code work}
     * @param parts what it reads by type, for people
     */
    record Unit(String payload, long bytes, Map<String, Part> parts) {
        public Unit {
            parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        }

        /** The rows that it reads; null = not known. */
        @Nullable
        Long rows() {
            return parts.values().stream().reduce(Part::plus).map(Part::rows).orElse(null);
        }
    }

    /**
     * What a unit reads of a type.
     *
     * @param bytes the size
     * @param rows the number of rows; null = not known
     */
    record Part(long bytes, @Nullable Long rows) {
        /** Both parts together. */
        public Part plus(Part other) {
            return new Part(bytes + other.bytes, rows == null || other.rows == null ? null : rows + other.rows);
        }
    }
}
