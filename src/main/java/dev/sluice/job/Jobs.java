package dev.sluice.job;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The way to jobs for everyone else: submit, find, pause, discard. Safe for use by any number of threads and processes. */
@Component
public class Jobs {
    /**
     * The statement of {@link #extendRetention}, for a caller that makes it a part of a statement of its own. Its parameters
     * are {@code id} and {@code time}, in milliseconds.
     */
    public static final String EXTEND_RETENTION =
            "update job set expires_at = greatest(expires_at, clock_timestamp() + :time * interval '1 ms')"
                    + " where id = :id and status = 'COMPLETED'";

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private final JobRepository jobs;
    private final WorkUnitRepository units;
    private final JobTransitions transitions;
    private final ObservedHandlers handlers;
    private final MeterRegistry meters;

    Jobs(
            JobRepository jobs,
            WorkUnitRepository units,
            JobTransitions transitions,
            ObservedHandlers handlers,
            MeterRegistry meters) {
        this.jobs = jobs;
        this.units = units;
        this.transitions = transitions;
        this.handlers = handlers;
        this.meters = meters;
    }

    /**
     * Returns if a job of this kind would be accepted now, so that a refused request costs little.
     *
     * @throws TooManyJobsException otherwise
     */
    public void requireFewOpen(String kind, JobOwner owner) {
        transitions.requireFewOpen(kind, owner);
    }

    /**
     * Records a job under an id of the caller's, and has it planned at once; part of the caller's transaction if any.
     *
     * @param output where its output is, in the handler's words; in a form that no version changes, since it must be read
     *     when the payload is of another version; null if it has none to erase
     * @throws TooManyJobsException if too many jobs of this kind have not ended, whatever process has recorded them
     */
    public void submit(UUID id, String kind, JobOwner owner, String payload, @Nullable String output) {
        handlers.submit(id, kind, trace -> transitions.submit(id, kind, owner, payload, output, trace));
        JobLog.line(log.atInfo(), id, kind).log("Job {} ({}) is accepted.", id, kind);
    }

    /** A job of this kind that is not discarded, by the text of its id: one of the client, or a published one. */
    public Optional<Job> find(String kind, String id, String owner) {
        return parse(id).flatMap(parsed -> jobs.find(parsed, kind, owner)).map(Jobs::job);
    }

    /** A job of this kind that is not discarded, by the text of its id, whoever has it. */
    public Optional<Job> find(String kind, String id) {
        return parse(id).flatMap(parsed -> jobs.find(parsed, kind, null)).map(Jobs::job);
    }

    /** Whether there is a job of any kind with this id, also one that is being erased. */
    public boolean exists(UUID id) {
        return jobs.existsById(id);
    }

    /**
     * Discards a job of a client: cancels it if it runs, or ends its retention. The engine erases it at once. Returns false
     * if the client has no such job.
     */
    public boolean discard(String kind, String id, String owner) {
        Optional<Boolean> open = parse(id).flatMap(parsed -> transitions.discarded(parsed, kind, owner));
        if (open.isPresent()) {
            if (open.get()) {
                meters.counter("sluice.jobs.ended", "kind", kind, "outcome", "cancelled")
                        .increment();
            }
            JobLog.line(log.atInfo(), UUID.fromString(id), kind)
                    .log("Job {} is discarded; its units stop and what it made is erased.", id);
        }
        return open.isPresent();
    }

    /**
     * Pauses a job of a client: no process takes a step of it until it is resumed. Units that run stop within a second and
     * are handed back; the plan or the end of the job, if a process is at it, is still recorded. The times after which the
     * job would fail do not run on. It counts as an open job.
     *
     * @return whether this call paused it, which was not paused before; empty if the client has no such job, or it has ended
     */
    public Optional<Boolean> pause(String kind, String id, String owner) {
        Optional<Boolean> changed = parse(id).flatMap(parsed -> transitions.paused(parsed, kind, owner));
        changed.filter(Boolean::booleanValue)
                .ifPresent(paused ->
                        JobLog.line(log.atInfo(), UUID.fromString(id), kind).log("Job {} is paused.", id));
        return changed;
    }

    /**
     * Has a paused job go on.
     *
     * @return whether this call resumed it, which was paused before; empty if the client has no such job, or it has ended
     */
    public Optional<Boolean> resume(String kind, String id, String owner) {
        Optional<Boolean> changed = parse(id).flatMap(parsed -> transitions.resumed(parsed, kind, owner));
        changed.filter(Boolean::booleanValue)
                .ifPresent(resumed ->
                        JobLog.line(log.atInfo(), UUID.fromString(id), kind).log("Job {} is resumed.", id));
        return changed;
    }

    /**
     * Gives an open job, whoever has it, another priority: the units of a higher one run first. Units that run go on.
     *
     * @return whether this call changed it; empty if there is no such job, or it has ended
     */
    @Transactional
    public Optional<Boolean> prioritize(String kind, UUID id, int priority) {
        units.lock(id);
        return units.prioritize(id, kind, priority);
    }

    /**
     * How fast the last completed jobs of a kind were, kick-off to end; nothing before the first one. Of jobs with something
     * to do; the time of small ones says little of large ones.
     */
    public OptionalDouble bytesPerSecond(String kind) {
        return jobs.bytesPerSecond(kind).stream().mapToDouble(rate -> rate).findFirst();
    }

    /** Keeps a completed job and what it made for at least this time from now on; false if there is none. */
    public boolean extendRetention(UUID id, Duration time) {
        return jobs.extendRetention(id, time.toMillis()) == 1;
    }

    /**
     * Publishes a job: all clients find it, and once it is completed, neither the end of its retention nor its owner
     * discards it. Part of the caller's transaction if any.
     */
    public void publish(UUID id) {
        jobs.publish(id);
    }

    /** Ends the publication of a job. If it is completed, its retention ends after this time. */
    public void unpublish(UUID id, Duration remaining) {
        jobs.unpublish(id, remaining.toMillis());
    }

    /**
     * Closes a page of a job's results if there is something new, and returns how many pages are closed.
     *
     * <p>A page holds the results of the units that have ended since the one before it was closed. Once closed, it never
     * changes, whatever process asks, and whatever units are repeated. Results that are not worth a page wait for the next
     * one. The first page holds the result of the first unit of the plan, and is closed no sooner than that has ended; that
     * unit is run before the others.
     *
     * @param worth whether a result is new to those who read the pages
     */
    @Transactional
    public int closePage(UUID id, Predicate<String> worth) {
        boolean held = jobs.lockResults(id).isPresent();
        int pages = units.pages(id);
        if (held && units.isFirstDone(id) && units.unpaged(id).stream().anyMatch(worth)) {
            units.closePage(id, ++pages);
        }
        return pages;
    }

    /** The result of a completed job, in the handler's words. It does not change. Empty if there is no such job any more. */
    public Optional<String> result(UUID id) {
        return jobs.result(id);
    }

    /** The number of closed pages. */
    public int pages(UUID id) {
        return units.pages(id);
    }

    /** The results on one closed page, in the order of the plan. */
    public List<String> page(UUID id, int number) {
        return units.paged(id, number);
    }

    private static Step step(JobRepository.JobView row) {
        return row.getFailsInUnit() ? Step.RUN : Step.of(row.getStatus());
    }

    private static Job job(JobRepository.JobView row) {
        String fault = row.getFault();
        Job.Trouble trouble = fault == null ? null : new Job.Trouble(step(row).text(), row.getFailures(), fault);
        Job.Progress progress = new Job.Progress(
                row.getDone(),
                row.getWork(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                trouble,
                row.getThrottledBy(),
                row.getPausedAt());
        return new Job(
                row.getId(),
                row.getKind(),
                row.getOwner(),
                row.getPayload(),
                row.getOutput(),
                row.getStatus(),
                progress,
                Job.Ending.of(row.getFailure(), row.getFinishedAt(), row.getExpiresAt()));
    }

    private static Optional<UUID> parse(String id) {
        try {
            return Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an id of another server's making names no job here
        }
    }
}
