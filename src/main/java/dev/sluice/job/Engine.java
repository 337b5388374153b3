package dev.sluice.job;

import dev.sluice.job.Agenda.Failing;
import dev.sluice.job.UnitContext.Stop;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes a job through its steps. Each step may be cut off at any line by the death of the process: its agenda entry is
 * then found again by another process, the step is repeated, and what it has already changed is refused by a guard.
 */
@Component
class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /** A step that was begun this often, and never heard of again, is not begun once more. */
    static final int MAX_LOST = 20;

    /**
     * A step that failed less often in a row without getting further is not given up, however long ago it failed first: the
     * time since then includes that of tries that ran well.
     */
    static final int LEAST_FAILURES = 5;

    /** What is to be done with a step's agenda entry. */
    enum Outcome {
        DONE,
        /** It is gone already, together with the record of what was done. */
        SETTLED,
        /** It did not end; somebody else is to begin anew. */
        HANDED_BACK,
        /** It is looked at again soon. */
        WAITS
    }

    private final Ledger ledger;
    private final Pulse pulse;
    private final JobSettings settings;
    private final FaultClassifier faults;
    private final Map<String, JobHandler> handlers;

    Engine(Ledger ledger, Pulse pulse, JobSettings settings, FaultClassifier faults, List<JobHandler> handlers) {
        this.ledger = ledger;
        this.pulse = pulse;
        this.settings = settings;
        this.faults = faults;
        this.handlers = handlers.stream().collect(Collectors.toMap(JobHandler::kind, Function.identity()));
    }

    Outcome plan(Lease lease) throws Exception {
        UUID id = UUID.fromString(lease.instance());
        Job job = ledger.find(id).orElse(null);
        if (job == null || job.status() != JobStatus.ACCEPTED) {
            return Outcome.DONE;
        }
        begin(lease);
        JobHandler.Plan plan = handler(job).plan(job);
        if (ledger.planned(lease, plan)) {
            log.info("Job {} is planned: {} units.", id, plan.units().size());
            return Outcome.SETTLED;
        }
        discardLate(job, lease);
        return Outcome.DONE;
    }

    Outcome run(Lease lease) throws Exception {
        WorkUnitEntity unit = ledger.unit(lease.unit()).orElse(null);
        if (unit == null || unit.result() != null) {
            return Outcome.DONE;
        }
        Job job = ledger.find(unit.jobId()).orElse(null);
        if (job == null) {
            return Outcome.DONE;
        }
        if (job.status() != JobStatus.RUNNING) {
            discardLate(job, lease); // its process may have died between the commit of a file and the note of it
            return Outcome.DONE;
        }
        begin(lease);
        Optional<String> plan = ledger.plan(job.id());
        return plan.isPresent()
                ? run(job, plan.get(), unit, lease)
                : planAgain(job, lease, "has no plan that is recorded");
    }

    /** A process of an older version planned the job, in a form that this one cannot read. */
    private Outcome planAgain(Job job, Lease lease, String why) throws JobFailure {
        if (ledger.planAgain(lease, job.id())) {
            log.info("Job {} {}; it is planned again.", job.id(), why);
            return Outcome.SETTLED;
        }
        throw new JobFailure("An older version of Sluice planned the job, in a form that this version cannot read, and"
                + " parts of its result were read by the client already. Start it again.");
    }

    private Outcome run(Job job, String plan, WorkUnitEntity unit, Lease lease) throws Exception {
        UnitContext context = pulse.start(job.id(), lease);
        String result;
        try {
            result = handler(job).run(job, plan, unit.payload(), context);
        } catch (OutdatedPlanException e) {
            return planAgain(job, lease, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            pulse.stop(context);
            return stopped(job, lease, context.stopped(), e);
        } finally {
            pulse.stop(context);
        }
        if (ledger.unitDone(lease, unit, result)) {
            return Outcome.SETTLED;
        }
        discardLate(job, lease);
        return Outcome.DONE;
    }

    /** A unit ended with an exception: by itself, or because it had to stop, which looks like a fault to what it waited for. */
    private Outcome stopped(Job job, Lease lease, Stop why, Exception e) throws Exception {
        switch (why) {
            case NOT -> throw e;
            case STALLED ->
                throw new TransientFailure(
                        "It made no progress for " + Fault.text(settings.stallLimit()) + " and was interrupted.", e);
            case HANDED_BACK -> {
                return Outcome.HANDED_BACK;
            }
            case JOB_OVER, TAKEN_OVER -> discardLate(job, lease);
        }
        return Outcome.DONE;
    }

    Outcome finish(Lease lease) throws Exception {
        UUID id = UUID.fromString(lease.instance());
        Job job = ledger.find(id).orElse(null);
        if (job == null) {
            return Outcome.DONE;
        }
        if (job.status() == JobStatus.RUNNING) {
            begin(lease);
            Optional<String> plan = ledger.plan(id);
            if (plan.isEmpty()) {
                return planAgain(job, lease, "has no plan that is recorded");
            }
            if (finish(job, plan.get(), lease)) {
                return Outcome.SETTLED;
            }
        }
        discardLate(job, lease);
        return Outcome.DONE;
    }

    private boolean finish(Job job, String plan, Lease lease) throws Exception {
        JobHandler handler = handler(job);
        String result;
        try {
            result = handler.finish(job, plan, ledger.results(job.id()));
        } catch (OutdatedPlanException e) {
            planAgain(job, lease, String.valueOf(e.getMessage()));
            return true;
        }
        if (!ledger.completed(lease, result, () -> handler.release(job))) {
            return false;
        }
        log.info("Job {} is completed.", job.id());
        return true;
    }

    /**
     * Erases what an ended job made. It is done once more if somebody was at work for the job before: what they made may
     * have come after the look at it.
     */
    Outcome erase(Lease lease) throws Exception {
        UUID id = UUID.fromString(lease.instance());
        Job job = ledger.find(id).orElse(null);
        if (job == null) {
            return Outcome.DONE;
        }
        boolean busy = ledger.busy(id);
        handler(job).discard(job);
        log.info("What job {} made is erased{}.", id, busy ? "; units are still stopping, it is looked at again" : "");
        if (busy) {
            return Outcome.WAITS;
        }
        ledger.erased(id);
        return Outcome.DONE;
    }

    /**
     * A step did not succeed. It is tried again later, if that can help and it has not failed for too long and too often;
     * otherwise it ends its job.
     */
    void failed(Lease lease, Throwable cause) {
        FaultRule.Verdict fault = faults.judge(cause);
        boolean erases = lease.is(Agenda.ERASE); // files that nobody knows of would stay for ever
        Optional<Failing> failing = ledger.failing(lease);
        if (failing.isEmpty()) {
            log.info("{} failed after another process had taken it over: {}", lease, cause.toString());
            return;
        }
        if (!erases && (!fault.passes() || isHopeless(failing.get()))) {
            String reason = fault.passes() ? givenUp(lease, failing.get(), fault.sentence()) : fault.sentence();
            ledger.jobOf(lease)
                    .filter(job -> ledger.failed(lease, job, reason))
                    .ifPresent(job -> log.warn("Job {} has failed; what it made is erased: {}", job, reason, cause));
            return;
        }
        Duration pause = Patience.pause(failing.get().times());
        if (ledger.stumbled(lease, pause, fault.sentence())) {
            log.warn("{} failed and is tried again in {} ms: {}", lease, pause.toMillis(), cause.toString());
        }
    }

    private boolean isHopeless(Failing failing) {
        return failing.times() >= LEAST_FAILURES && failing.time().compareTo(settings.patience()) >= 0;
    }

    private static String givenUp(Lease lease, Failing failing, String sentence) {
        return "The job is given up: " + Agenda.named(lease.task()) + " failed " + Fault.times(failing.times())
                + " within "
                + Fault.text(failing.time().truncatedTo(ChronoUnit.SECONDS)) + " and got no further; the last time: "
                + sentence;
    }

    private void begin(Lease lease) throws JobFailure {
        int begun = ledger.begun(lease);
        if (begun > MAX_LOST) {
            throw new JobFailure(
                    "The step '" + lease + "' was begun " + MAX_LOST + " times, and each time the process that"
                            + " did it died or fell silent before the end. Commonly it needs more memory than the process has;"
                            + " see the end of that process's log.");
        }
    }

    /**
     * Erases what a step made after its job had ended. It looks again how the job stands: a job may also be complete, by
     * another process that took the step over, and then everything stays.
     */
    private void discardLate(Job job, Lease lease) throws Exception {
        Job now = ledger.find(job.id()).orElse(null);
        if (now != null && (now.status() == JobStatus.DISCARDED || now.status() == JobStatus.FAILED)) {
            log.info("{} of job {} stops, since the job is over; what it made is erased.", lease, job.id());
            handler(now).discard(now);
        }
    }

    /** A job of a kind that this process does not know was submitted by a newer one, which can run it. */
    private JobHandler handler(Job job) throws TransientFailure {
        JobHandler handler = handlers.get(job.kind());
        if (handler == null) {
            throw new TransientFailure("This process has no handler for jobs of the kind '" + job.kind() + "'.");
        }
        return handler;
    }
}
