package dev.sluice.job;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The changes of the status of a job, one transaction each. A change that comes too late, because the job ended or another
 * process has the step, is refused by the guards in {@link JobRepository} and leaves nothing.
 */
@Component
class JobTransitions {
    /**
     * Steps of a job of this kind can be taken once the transaction is committed. The threads of this process then look at
     * once; those of others find them at their next look.
     */
    record StepsAdded(String kind) {}

    private static final JsonMapper JSON = new JsonMapper();

    private final JobRepository jobs;
    private final WorkUnitRepository units;
    private final StepQueue queue;
    private final JobSettings settings;
    private final ApplicationEventPublisher events;

    JobTransitions(
            JobRepository jobs,
            WorkUnitRepository units,
            StepQueue queue,
            JobSettings settings,
            ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.units = units;
        this.queue = queue;
        this.settings = settings;
        this.events = events;
    }

    /** Returns if there are not too many open jobs of this kind, as far as can be seen without waiting for others. */
    void requireFewOpen(String kind, JobOwner owner) {
        int open = jobs.countOpen(kind, null);
        if (open >= settings.maxOpenJobs()) {
            throw TooManyJobsException.ofAll(kind, open, settings.maxOpenJobs());
        }
        if (owner.maxOpenJobs() != null) {
            int own = jobs.countOpen(kind, owner.name());
            if (own >= owner.maxOpenJobs()) {
                throw TooManyJobsException.ofClient(kind, own, owner.maxOpenJobs());
            }
        }
    }

    /**
     * Records a job: it is ACCEPTED. The lock is taken as late as possible, since it is held to the end of the transaction;
     * the statement after it sees what others have recorded before it.
     *
     * @param trace to which the steps of the job belong; null = none
     */
    @Transactional
    public void submit(
            UUID id, String kind, JobOwner owner, String payload, @Nullable String output, @Nullable String trace) {
        jobs.lockSubmit(kind);
        requireFewOpen(kind, owner);
        jobs.saveAndFlush(new JobEntity(id, kind, owner.name(), payload, output)
                .withPriority(owner.priority())
                .in(trace));
        events.publishEvent(new StepsAdded(kind));
    }

    /** ACCEPTED to RUNNING: the plan is made, and its units can run. */
    @Transactional
    public boolean planned(Lease lease, JobHandler.Plan plan) {
        List<JobHandler.Unit> planned = plan.units();
        UUID job = lease.job().id();
        long bytes = planned.stream().mapToLong(JobHandler.Unit::bytes).sum();
        jobs.commitAsynchronously();
        List<@Nullable Long> rows =
                planned.stream().<@Nullable Long>map(JobHandler.Unit::rows).toList();
        Long all = sum(rows);
        String text = SafeMessage.count(planned.size(), "unit") + ", " + SafeMessage.count(bytes, "byte")
                + (all == null ? "" : ", " + SafeMessage.count(all, "row"));
        if (jobs.start(job, queue.owner(), lease.version(), plan.text(), planned.size(), bytes, all, text) == 0) {
            return false;
        }
        units.insert(
                job,
                planned.stream().map(JobHandler.Unit::payload).toArray(String[]::new),
                planned.stream().map(JobHandler.Unit::bytes).toArray(Long[]::new),
                planned.stream().map(JobTransitions::parts).toArray(String[]::new),
                rows.toArray(Long[]::new));
        events.publishEvent(new StepsAdded(lease.job().kind()));
        return true;
    }

    private static @Nullable Long sum(List<@Nullable Long> rows) {
        long sum = 0;
        for (Long some : rows) {
            if (some == null) {
                return null;
            }
            sum += some;
        }
        return sum;
    }

    /** What a unit reads, as the column {@code parts} has it. */
    private static String parts(JobHandler.Unit unit) {
        Map<String, List<@Nullable Long>> parts = new LinkedHashMap<>();
        unit.parts().forEach((type, part) -> parts.put(type, Arrays.asList(part.bytes(), part.rows())));
        return JSON.writeValueAsString(parts);
    }

    /**
     * Checks the lease of a job.
     *
     * @throws CancellationException if another process has taken the job over, or the job is over
     */
    @Transactional
    public void requireLease(Lease lease) {
        if (units.lockLeased(lease.job().id(), queue.owner(), lease.version()).isEmpty()) {
            throw new CancellationException("another process does the step '" + lease + "', or the job is over");
        }
    }

    /** Does something in a transaction that no other process can take the job over in. */
    @Transactional
    public void whileLeased(Lease lease, Runnable action) {
        requireLease(lease);
        action.run();
    }

    /**
     * RUNNING to ACCEPTED, as if the job was never planned: its plan cannot be read. Not if a client has read pages of its
     * results, or if another process was faster.
     */
    @Transactional
    public boolean planAgain(Lease lease, String why) {
        UUID job = lease.job().id();
        // A statement of its own, so that the next one sees the pages that were closed before it.
        if (jobs.lockResults(job).isEmpty()
                || jobs.planAgain(job, lease.plan(), queue.owner(), lease.version(), why) == 0) {
            return false;
        }
        units.deleteAll(job);
        events.publishEvent(new StepsAdded(lease.job().kind()));
        return true;
    }

    /** Records the result of a unit that is done. Changes of one job wait for each other, so its last unit finishes it. */
    @Transactional
    public boolean unitDone(Lease lease, String result, UnitContext context) {
        UUID job = lease.job().id();
        return units.lockRunning(job).isPresent()
                && units.complete(
                                job,
                                lease.unit(),
                                queue.owner(),
                                lease.version(),
                                result,
                                context.written(),
                                context.source())
                        == 1;
    }

    /**
     * Records how much of a unit is in the store, in the transaction that writes to the store, as its last statement; false
     * if the unit is not this process's any more.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean recordCheckpoint(Lease lease, String checkpoint) {
        return units.recordCheckpoint(lease.job().id(), lease.unit(), queue.owner(), lease.version(), checkpoint) == 1;
    }

    /** How much of a unit is in the store; null = nothing is recorded. */
    @Nullable
    String checkpoint(Lease lease) {
        return units.checkpoint(lease.unit()).orElse(null);
    }

    /** A unit or the end of a job came too late. Its files are erased if those of the job are erased. */
    @Transactional
    public void eraseLate(Lease lease) {
        jobs.eraseAgain(lease.job().id(), lease.isUnit() ? 0 : lease.version());
    }

    /** The results of a job's units, in the order of the plan. */
    List<String> results(UUID job) {
        return units.results(job);
    }

    /** RUNNING to COMPLETED; what the job held while it ran is released in the same transaction. */
    @Transactional
    public Optional<JobLog.Completed> completed(Lease lease, String result, Runnable release) {
        long retention = settings.retention().toMillis();
        Optional<JobLog.Completed> completed =
                jobs.complete(lease.job().id(), queue.owner(), lease.version(), result, retention);
        completed.ifPresent(job -> {
            release.run();
            publishEnd(lease, true);
        });
        return completed;
    }

    /**
     * ACCEPTED or RUNNING to FAILED: a step is given up, and its job with it. Only the present owner of the step can do this:
     * a process without the lease may have failed because it lost the lease.
     */
    @Transactional
    public boolean failed(Lease lease, String reason) {
        UUID job = lease.job().id();
        long retention = settings.retention().toMillis();
        boolean changed = lease.isUnit()
                ? units.lock(job).orElse(false)
                        && units.fail(job, lease.unit(), queue.owner(), lease.version(), reason, retention) == 1
                : jobs.fail(job, queue.owner(), lease.version(), reason, retention) == 1;
        if (changed) {
            publishEnd(lease, false);
        }
        return changed;
    }

    private void publishEnd(Lease lease, boolean completed) {
        Job job = lease.job();
        events.publishEvent(new JobEnded(
                job.id(), job.kind(), job.owner(), completed, job.progress().total()));
    }

    /** Pauses an open job of a client; false if it is paused already, empty if there is no such job. */
    @Transactional
    public Optional<Boolean> paused(UUID id, String kind, String owner) {
        units.lock(id);
        return jobs.pause(id, kind, owner, JobLog.PAUSED);
    }

    /** Resumes an open job of a client; false if it is not paused, empty if there is no such job. */
    @Transactional
    public Optional<Boolean> resumed(UUID id, String kind, String owner) {
        units.lock(id);
        Optional<Boolean> changed = jobs.resume(id, kind, owner, JobLog.RESUMED);
        events.publishEvent(new StepsAdded(kind));
        return changed;
    }

    /** A step is started again, since the process of its last start did not end it. */
    @Transactional
    public void takenOver(Lease lease, String text) {
        Integer ordinal = lease.isUnit() ? lease.number() - 1 : null;
        jobs.takenOver(lease.job().id(), ordinal, queue.owner(), lease.version(), text);
    }

    /** Any other status to DISCARDED; gives whether the job had not ended, and nothing if there is no such job. */
    @Transactional
    public Optional<Boolean> discarded(UUID id, String kind, String owner) {
        Optional<Boolean> open = jobs.discard(id, kind, owner);
        if (open.isPresent()) {
            events.publishEvent(new StepsAdded(kind));
        }
        return open;
    }

    /** A unit has failed and will be tried again. Other jobs are next, as after a unit that is complete. */
    @Transactional
    public void takeTurn(Lease lease) {
        if (lease.isUnit()) {
            units.takeTurn(lease.job().id());
        }
    }

    /**
     * What a job made is erased. The row of a discarded job is removed, unless a process may still do a step of it; that of
     * a failed one stays, without open units.
     */
    @Transactional
    public void erased(Lease lease) {
        UUID job = lease.job().id();
        boolean deleted = jobs.delete(job, queue.owner(), lease.version()) == 1;
        if (!deleted
                && jobs.erased(job, queue.owner(), lease.version()) == 1
                && lease.job().status() == JobStatus.FAILED) {
            units.deleteOpen(job);
        }
    }
}
