package dev.sluice.job;

import com.github.kagkarlsson.scheduler.CurrentlyExecuting;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The schedulers of this process: one for each share of its threads. Each takes the steps of its own share only, so a kind
 * of job whose units are long does not keep another kind waiting. Safe for use by any number of threads.
 */
final class WorkerPools {
    private final Scheduler first;
    private final Map<String, Scheduler> others;

    /**
     * @param first takes the steps of the share without a name
     * @param others by the name of the share whose steps they take
     */
    WorkerPools(Scheduler first, Map<String, Scheduler> others) {
        this.first = first;
        this.others = Map.copyOf(others);
    }

    /** Records steps, of any share. */
    SchedulerClient client() {
        return first;
    }

    /** Begins to take steps; of the first share somebody else sees to that. */
    void startOthers() {
        others.values().forEach(Scheduler::start);
    }

    void stopOthers() {
        others.values().forEach(Scheduler::stop);
    }

    /** Looks for steps of a share that are due. */
    void look(String share) {
        others.getOrDefault(share, first).triggerCheckForDueExecutions();
    }

    /** Looks for all steps that are due. */
    void look() {
        all().forEach(Scheduler::triggerCheckForDueExecutions);
    }

    /** Takes no new steps. */
    void pause() {
        all().forEach(Scheduler::pause);
    }

    /** The steps that run. */
    Stream<CurrentlyExecuting> executing() {
        return all().flatMap(scheduler -> scheduler.getCurrentlyExecuting().stream());
    }

    private Stream<Scheduler> all() {
        return Stream.concat(Stream.of(first), others.values().stream());
    }
}
