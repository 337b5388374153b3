package dev.sluice.job;

import dev.sluice.job.UnitContext.Stop;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Runs the steps of jobs. A step may be cut off at any line by the death of the process. Another process then leases it when
 * the lease is over, and repeats it. A guard refuses what a process does without the lease.
 */
@Component
class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /**
     * A step that was started this often, and whose end was never recorded, is not started once more: it most likely ends its
     * process, and so harms all other steps and requests of that process.
     */
    static final int MAX_STARTS = 3;

    private static final String SILENT = "The process that did it last died, or was silent for too long.";

    private final StepQueue queue;
    private final JobTransitions transitions;
    private final UnitMonitor monitor;
    private final FailureHandler failures;
    private final ObservedHandlers handlers;

    Engine(
            StepQueue queue,
            JobTransitions transitions,
            UnitMonitor monitor,
            FailureHandler failures,
            ObservedHandlers handlers) {
        this.queue = queue;
        this.transitions = transitions;
        this.monitor = monitor;
        this.failures = failures;
        this.handlers = handlers;
    }

    /** Runs a step, and records its end, whatever it is. */
    void run(Lease lease) {
        try {
            if (!runStep(lease)) {
                queue.release(lease);
                JobLog.line(log.atInfo(), lease)
                        .log("{} stops: this process has lost the lease, or the job is paused or over.", lease);
            }
        } catch (Throwable e) {
            failures.handle(lease, e);
        }
    }

    /** Has a unit that runs stop, so that any process can take it; another step runs to its end. */
    void handBack(Lease lease) {
        monitor.handBack(lease);
    }

    private boolean runStep(Lease lease) throws Exception {
        if (lease.step() != Step.ERASE && lease.starts() > MAX_STARTS) {
            throw new JobFailure(
                    "The step '" + lease + "' was started " + MAX_STARTS + " times, and each time the process that"
                            + " did it died or fell silent before the end. Commonly it needs more memory than the process has;"
                            + " see the end of that process's log.");
        }
        if (lease.step() != Step.ERASE && lease.starts() > 1) {
            transitions.takenOver(lease, SILENT);
            JobLog.line(log.atInfo(), lease).log("{} is started again: {}", lease, SILENT);
        }
        try {
            return handlers.call(lease, handler -> switch (lease.step()) {
                case PLAN -> plan(lease, handler);
                case RUN -> run(lease, handler);
                case FINISH -> finish(lease, handler);
                case ERASE -> erase(lease, handler);
            });
        } catch (OutdatedPlanException e) {
            return planAgain(lease, String.valueOf(e.getMessage()));
        }
    }

    private boolean plan(Lease lease, JobHandler handler) throws Exception {
        Job job = lease.job();
        if (lease.plan() != null) {
            handler.eraseOutdated(job, () -> transitions.requireLease(lease));
        }
        if (lease.plan() != null || lease.starts() > 1 || lease.failures() > 0) {
            transitions.whileLeased(lease, () -> handler.deleteWorkingRows(job));
        }
        JobHandler.Plan plan = handler.plan(lease.job());
        boolean planned = transitions.planned(lease, plan);
        if (planned) {
            JobLog.line(log.atInfo(), lease)
                    .log(
                            "Job {} is planned: {}.",
                            lease.job().id(),
                            SafeMessage.count(plan.units().size(), "unit"));
        }
        return planned;
    }

    /** A process of another version planned the job, in a form that this one cannot read. */
    private boolean planAgain(Lease lease, String why) throws JobFailure {
        if (transitions.planAgain(lease, why)) {
            JobLog.line(log.atInfo(), lease)
                    .log("Job {} {}; it is planned again.", lease.job().id(), why);
            return true;
        }
        throw new JobFailure(
                "Another version of Sluice planned the job, in a form that this version cannot read. It is not"
                        + " planned again, because the client has read parts of its result, or because it was planned "
                        + JobRepository.MOST_PLANS + " times already. Start it again.");
    }

    private boolean run(Lease lease, JobHandler handler) throws Exception {
        UnitContext context = monitor.start(lease, checkpoint(lease));
        String result;
        try {
            result = handler.run(lease.job(), recordedPlan(lease), lease.payload(), context);
        } catch (OutdatedPlanException e) {
            throw e;
        } catch (Exception e) {
            // It failed, or it was stopped: a stop can appear as an exception of the call that waited.
            if (context.stopped() == Stop.NOT) {
                throw e;
            }
            if (context.stopped() == Stop.STALLED) {
                throw monitor.stalled(e);
            }
            return eraseLateFiles(lease); // it may have been stopped after its files became visible
        } finally {
            monitor.stop(lease, context);
        }
        return transitions.unitDone(lease, result, context) || eraseLateFiles(lease);
    }

    private UnitContext.Checkpoint checkpoint(Lease lease) {
        return new UnitContext.Checkpoint() {
            @Override
            public @Nullable String last() {
                return transitions.checkpoint(lease);
            }

            @Override
            public boolean record(String text) {
                return transitions.recordCheckpoint(lease, text);
            }
        };
    }

    /** Another process was faster, or the job is over: files that were made visible meanwhile are erased. */
    private boolean eraseLateFiles(Lease lease) {
        transitions.eraseLate(lease);
        return false;
    }

    private boolean finish(Lease lease, JobHandler handler) throws Exception {
        Job job = lease.job();
        UnitContext context = new UnitContext(() -> queue.mayCommit(lease));
        String result;
        try {
            result = handler.finish(job, recordedPlan(lease), transitions.results(job.id()), context::checkLease);
        } catch (CancellationException e) {
            if (context.stopped() == Stop.NOT) {
                throw e;
            }
            return eraseLateFiles(lease);
        }
        Optional<JobLog.Completed> completed = transitions.completed(lease, result, () -> handler.release(job));
        completed.ifPresent(end -> JobLog.completed(log.atInfo(), lease, end));
        return completed.isPresent() || eraseLateFiles(lease);
    }

    private boolean erase(Lease lease, JobHandler handler) throws Exception {
        handler.erase(lease.job());
        transitions.erased(lease);
        JobLog.line(log.atInfo(), lease)
                .log("The files of job {} are erased.", lease.job().id());
        return true;
    }

    private static String recordedPlan(Lease lease) throws OutdatedPlanException {
        if (lease.plan() == null) {
            throw new OutdatedPlanException("has no plan that is recorded");
        }
        return lease.plan();
    }
}
