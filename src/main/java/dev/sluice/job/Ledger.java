package dev.sluice.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes down what happened to a job, together with what has to happen next, in one transaction each. A change that
 * comes too late, because the job ended or another process was faster, is refused and leaves nothing.
 */
@Component
class Ledger {
    private static final Logger log = LoggerFactory.getLogger(Ledger.class);

    private final JobRepository jobs;
    private final WorkUnitRepository units;
    private final Agenda agenda;
    private final JobSettings settings;
    private final Clock clock;

    Ledger(JobRepository jobs, WorkUnitRepository units, Agenda agenda, JobSettings settings, Clock clock) {
        this.jobs = jobs;
        this.units = units;
        this.agenda = agenda;
        this.settings = settings;
        this.clock = clock;
    }

    @Transactional(readOnly = true)
    public Optional<Job> find(UUID id) {
        return jobs.findById(id).map(job -> job.asJob(0, null, null));
    }

    @Transactional(readOnly = true)
    public Optional<WorkUnitEntity> unit(long id) {
        return units.findById(id);
    }

    /** Which job a step is of; none if it is forgotten. */
    @Transactional(readOnly = true)
    public Optional<UUID> jobOf(Lease lease) {
        return lease.isUnit()
                ? units.findById(lease.unit()).map(WorkUnitEntity::jobId)
                : Optional.of(UUID.fromString(lease.instance()));
    }

    /** A step begins; returns how often it has, without an end that anybody heard of. */
    @Transactional
    public int begun(Lease lease) {
        agenda.hurry();
        return agenda.begun(lease);
    }

    /** A step did not end, and is for others to begin anew, at once; false if it is not this process's any more. */
    @Transactional
    public boolean handedBack(Lease lease) {
        boolean mine = agenda.again(lease, Duration.ZERO);
        if (mine) {
            ended(lease);
        }
        return mine;
    }

    /** How long a step that has failed now has been failing; nothing if it is not this process's any more. */
    @Transactional(readOnly = true)
    public Optional<Agenda.Failing> failing(Lease lease) {
        return agenda.failing(lease);
    }

    /** A step failed, and is to be tried again; false if it is not this process's any more. */
    @Transactional
    public boolean stumbled(Lease lease, Duration pause, String fault) {
        boolean mine = agenda.failed(lease, pause, fault);
        if (mine) {
            ended(lease);
        }
        return mine;
    }

    /**
     * A step is given up, and its job with it; what it made is erased, the reason is kept. Only the present holder of the
     * step can say so: one that lost it may fail of just that.
     */
    @Transactional
    public boolean failed(Lease lease, UUID job, String reason) {
        boolean wanted = !lease.isUnit()
                || unit(lease.unit()).filter(unit -> unit.result() == null).isPresent();
        if (!agenda.drop(lease) || !wanted || jobs.fail(job, reason, clock.instant(), expiry()) == 0) {
            return false;
        }
        agenda.erase(job, lease.share());
        return true;
    }

    /**
     * The plan is made, and its step is done: the units may run, or there are none and the job is ready to be finished.
     */
    @Transactional
    public boolean planned(Lease lease, JobHandler.Plan plan) {
        UUID job = UUID.fromString(lease.instance());
        List<JobHandler.Unit> pieces = plan.units();
        long work = pieces.stream().mapToLong(JobHandler.Unit::work).sum();
        if (jobs.start(job, plan.text(), pieces.size(), work, clock.instant()) == 0) {
            return false;
        }
        agenda.hurry();
        leave(lease);
        if (pieces.isEmpty()) {
            agenda.finish(job, lease.share());
            return true;
        }
        List<WorkUnitEntity> rows = IntStream.range(0, pieces.size())
                .mapToObj(ordinal -> new WorkUnitEntity(job, ordinal, pieces.get(ordinal)))
                .toList();
        List<Long> ids = units.saveAll(rows).stream().map(WorkUnitEntity::id).toList();
        agenda.run(ids.subList(0, 1), Agenda.FIRST, lease.share());
        agenda.run(ids.subList(1, ids.size()), Agenda.IN_TURN, lease.share());
        return true;
    }

    /** The text of a job's plan; nothing if a version of Sluice planned it that did not record one. */
    @Transactional(readOnly = true)
    public Optional<String> plan(UUID job) {
        return Optional.ofNullable(jobs.plan(job));
    }

    /**
     * A job whose plan cannot be read is planned again, and its units are forgotten with what they did; false if a client
     * has read pages of its results already, or the job is over.
     */
    @Transactional
    public boolean planAgain(Lease lease, UUID job) {
        if (jobs.planAgain(job, clock.instant()) == 0) {
            return false;
        }
        agenda.withdraw(job);
        units.deleteAll(job);
        leave(lease);
        agenda.plan(job, lease.share());
        return true;
    }

    /**
     * A unit is done, and with it its step; false if another process was faster, or the job is over and what the unit made
     * has to go.
     */
    @Transactional
    public boolean unitDone(Lease lease, WorkUnitEntity unit, String result) {
        if (units.complete(unit.id(), result) == 0 || jobs.unitDone(unit.jobId(), clock.instant()) == 0) {
            return false;
        }
        agenda.hurry();
        leave(lease);
        if (jobs.allUnitsDone(unit.jobId())) {
            agenda.finish(unit.jobId(), lease.share());
        }
        return true;
    }

    @Transactional(readOnly = true)
    public List<String> results(UUID job) {
        return units.results(job);
    }

    /**
     * The job is complete, and with it its last step; what it held while it ran is released. False if it is over already.
     */
    @Transactional
    public boolean completed(Lease lease, String result, Runnable release) {
        boolean changed = jobs.complete(UUID.fromString(lease.instance()), result, clock.instant(), expiry()) == 1;
        if (changed) {
            release.run();
            leave(lease);
        }
        return changed;
    }

    /** Jobs whose time is over are discarded. */
    @Transactional
    public List<UUID> expire() {
        Instant now = clock.instant();
        List<UUID> expired = jobs.expired(now).stream()
                .filter(job -> jobs.expire(job, now) == 1)
                .toList();
        expired.forEach(job -> agenda.erase(job, shareOf(job)));
        return expired;
    }

    /** Whether some process may still be making something for the job. */
    @Transactional(readOnly = true)
    public boolean busy(UUID job) {
        return agenda.holds(job);
    }

    /** What a job made is erased. A discarded job is forgotten with it. */
    @Transactional
    public void erased(UUID job) {
        jobs.delete(job);
        jobs.erased(job);
    }

    /** Puts what has to be done next, and is nowhere to be found, on the agenda again; names it. */
    @Transactional
    public List<String> restore() {
        List<String> restored = new ArrayList<>();
        restore("plan", agenda::plan, restored);
        restore("finish", agenda::finish, restored);
        restore("erase", agenda::erase, restored);
        for (WorkUnitEntity unit : units.stranded()) {
            agenda.run(List.of(unit.id()), Agenda.IN_TURN, shareOf(unit.jobId()));
            restored.add("run " + unit.id());
        }
        return restored;
    }

    private void restore(String step, BiConsumer<UUID, String> add, List<String> restored) {
        for (UUID job : jobs.stranded(step)) {
            add.accept(job, shareOf(job));
            restored.add(step + " " + job);
        }
    }

    private String shareOf(UUID job) {
        return jobs.findById(job).map(JobEntity::kind).map(agenda::shareOf).orElse("");
    }

    private void leave(Lease lease) {
        if (!agenda.drop(lease)) {
            log.info("{} ended after another process had taken it over.", lease);
        }
    }

    private void ended(Lease lease) {
        if (lease.isUnit()) {
            units.ended(lease.unit());
        } else {
            jobOf(lease).ifPresent(jobs::ended);
        }
    }

    private Instant expiry() {
        return clock.instant().plus(settings.retention());
    }
}
