package dev.sluice.job;

import java.time.Clock;
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

/** The way to jobs for everyone else: submit, find, discard. Safe for use by any number of threads and processes. */
@Component
public class Jobs {
    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private final JobRepository jobs;
    private final WorkUnitRepository units;
    private final Agenda agenda;
    private final Clock clock;

    Jobs(JobRepository jobs, WorkUnitRepository units, Agenda agenda, Clock clock) {
        this.jobs = jobs;
        this.units = units;
        this.agenda = agenda;
        this.clock = clock;
    }

    /** Records a job under an id of the caller's, and has it planned at once; part of the caller's transaction if any. */
    @Transactional
    public void submit(UUID id, String kind, String payload) {
        submit(id, kind, payload, null);
    }

    /**
     * The same for a job that has output to erase.
     *
     * @param output where it is, in the handler's words; in a form that no version changes, since it must be read when the
     *     payload is of another version
     */
    @Transactional
    public void submit(UUID id, String kind, String payload, @Nullable String output) {
        jobs.save(new JobEntity(id, kind, payload, output, clock.instant()));
        agenda.plan(id, agenda.shareOf(kind));
        log.info("Job {} ({}) is accepted.", id, kind);
    }

    /** A job of this kind that is not discarded, by the text of its id. */
    @Transactional(readOnly = true)
    public Optional<Job> find(String kind, String id) {
        return parse(id)
                .flatMap(jobs::findById)
                .map(entity -> entity.asJob(
                        units.done(entity.getId()),
                        agenda.trouble(entity.getId()).orElse(null),
                        units.heldBy(entity.getId())))
                .filter(job -> job.kind().equals(kind) && job.status() != JobStatus.DISCARDED);
    }

    /** Cancels a job that runs, or releases one that is finished; false if there is none. Erasing follows at once. */
    @Transactional
    public boolean discard(String kind, String id) {
        Optional<UUID> job = parse(id).filter(parsed -> jobs.discard(parsed, kind, clock.instant()) == 1);
        job.ifPresent(discarded -> agenda.erase(discarded, agenda.shareOf(kind)));
        job.ifPresent(discarded -> log.info("Job {} is discarded; its units stop and what it made is erased.", id));
        return job.isPresent();
    }

    /** How fast the last completed jobs of a kind were, kick-off to end; nothing before the first one. */
    @Transactional(readOnly = true)
    public OptionalDouble bytesPerSecond(String kind) {
        Double rate = jobs.bytesPerSecond(kind);
        return rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate);
    }

    /** Has a completed job and what it made live for this long at least; false if there is none. */
    @Transactional
    public boolean keep(UUID id, Duration time) {
        return jobs.keep(id, clock.instant().plus(time)) == 1;
    }

    /**
     * Closes a page of a job's results if there is something new, and returns how many pages are closed.
     *
     * <p>A page holds the results of the units that have ended since the one before it was closed. Once closed, it never
     * changes, whatever process asks, and whatever units are repeated. Results that are not worth a page wait for the next
     * one. The first page holds the result of the first unit of the plan, and is closed no sooner than that has ended; that unit is run before the others.
     *
     * @param worth whether a result is new to those who read the pages
     */
    @Transactional
    public int closePage(UUID id, Predicate<String> worth) {
        if (jobs.holdResults(id).isPresent()
                && units.begins(id)
                && units.unpaged(id).stream().anyMatch(worth)) {
            units.closePage(id, units.pages(id) + 1);
        }
        return units.pages(id);
    }

    /** The results on one closed page, in the order of the plan. */
    @Transactional(readOnly = true)
    public List<String> page(UUID id, int number) {
        return units.paged(id, number, number);
    }

    /** The results on all closed pages, in the order of the plan. */
    @Transactional(readOnly = true)
    public List<String> paged(UUID id) {
        return units.paged(id, 1, Integer.MAX_VALUE);
    }

    private static Optional<UUID> parse(String id) {
        try {
            return Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an id of another server's making names no job here
        }
    }
}
