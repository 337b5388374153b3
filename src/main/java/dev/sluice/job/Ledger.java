package dev.sluice.job;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes down what happened to a job, together with what has to happen next, in one transaction each. A change that
 * comes too late, because the job ended or another process was faster, is refused and leaves nothing.
 */
@Component
class Ledger {
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
        return jobs.findById(id).map(job -> job.asJob(0));
    }

    @Transactional(readOnly = true)
    public Optional<WorkUnitEntity> unit(long id) {
        return units.findById(id);
    }

    /** The plan is made: the units may run, or there are none and the job is ready to be finished. */
    @Transactional
    public void planned(UUID job, List<JobHandler.Unit> plan) {
        long work = plan.stream().mapToLong(JobHandler.Unit::work).sum();
        if (jobs.start(job, plan.size(), work, clock.instant()) == 0) {
            return;
        }
        if (plan.isEmpty()) {
            agenda.finish(job);
            return;
        }
        List<WorkUnitEntity> rows = IntStream.range(0, plan.size())
                .mapToObj(ordinal -> new WorkUnitEntity(job, ordinal, plan.get(ordinal)))
                .toList();
        agenda.run(units.saveAll(rows).stream().map(WorkUnitEntity::id).toList());
    }

    /** A unit is done; false if the job does not run any more and what the unit made has to go. */
    @Transactional
    public boolean unitDone(WorkUnitEntity unit, String result) {
        if (units.complete(unit.id(), result) == 0) {
            return true; // another process was faster, with the same result
        }
        if (jobs.unitDone(unit.jobId(), clock.instant()) == 0) {
            return false;
        }
        if (jobs.allUnitsDone(unit.jobId())) {
            agenda.finish(unit.jobId());
        }
        return true;
    }

    @Transactional(readOnly = true)
    public List<String> results(UUID job) {
        return units.results(job);
    }

    /** The job is complete; what it held while it ran is released with it. False if it is over already. */
    @Transactional
    public boolean completed(UUID job, String result, Runnable release) {
        boolean changed = jobs.complete(job, result, clock.instant(), expiry()) == 1;
        if (changed) {
            release.run();
        }
        return changed;
    }

    /** The job is given up; what it made is erased, the reason is kept. */
    @Transactional
    public boolean failed(UUID job, String reason) {
        boolean changed = jobs.fail(job, reason, clock.instant(), expiry()) == 1;
        if (changed) {
            agenda.erase(job);
        }
        return changed;
    }

    /** Jobs whose time is over are discarded. */
    @Transactional
    public List<UUID> expire() {
        List<Job> expired = jobs.expired(clock.instant()).stream()
                .map(job -> job.asJob(0))
                .filter(job -> jobs.discard(job.id(), job.kind(), clock.instant()) == 1)
                .toList();
        expired.forEach(job -> agenda.erase(job.id()));
        return expired.stream().map(Job::id).toList();
    }

    /** What a job made is erased. A discarded job is forgotten with it; true if units still hold on to the job. */
    @Transactional
    public boolean erased(UUID job) {
        if (units.held(job) > 0) {
            return true;
        }
        jobs.delete(job);
        return false;
    }

    private Instant expiry() {
        return clock.instant().plus(settings.retention());
    }
}
