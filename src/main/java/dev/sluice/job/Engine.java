package dev.sluice.job;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
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

    private final Ledger ledger;
    private final Pulse pulse;
    private final Map<String, JobHandler> handlers;

    Engine(Ledger ledger, Pulse pulse, List<JobHandler> handlers) {
        this.ledger = ledger;
        this.pulse = pulse;
        this.handlers = handlers.stream().collect(Collectors.toMap(JobHandler::kind, Function.identity()));
    }

    void plan(UUID id) throws Exception {
        Job job = ledger.find(id).orElse(null);
        if (job == null || job.status() != JobStatus.ACCEPTED) {
            return;
        }
        List<JobHandler.Unit> plan = handler(job).plan(job);
        ledger.planned(id, plan);
        log.info("Job {} is planned: {} units.", id, plan.size());
    }

    void run(long unitId) throws Exception {
        WorkUnitEntity unit = ledger.unit(unitId).orElse(null);
        if (unit == null || unit.result() != null) {
            return;
        }
        Job job = ledger.find(unit.jobId()).orElse(null);
        if (job == null) {
            return;
        }
        if (job.status() != JobStatus.RUNNING) {
            // Its process may have died between the commit of a file and the note of it.
            discardLate(job, "Unit " + unitId);
            return;
        }
        UnitContext context = pulse.start(job.id(), unitId);
        try {
            String result = handler(job).run(job, unit.payload(), context);
            if (!ledger.unitDone(unit, result)) {
                discardLate(job, "Unit " + unitId);
            }
        } catch (CancellationException e) {
            discardLate(job, "Unit " + unitId);
        } catch (Exception e) {
            if (!context.isCancelled()) {
                throw e;
            }
            discardLate(job, "Unit " + unitId); // being stopped looks like a fault to what it was waiting for
        } finally {
            pulse.stop(unitId);
        }
    }

    void finish(UUID id) throws Exception {
        Job job = ledger.find(id).orElse(null);
        if (job == null || job.status() != JobStatus.RUNNING) {
            return;
        }
        String result = handler(job).finish(job, ledger.results(id));
        if (ledger.completed(id, result, () -> handler(job).release(job))) {
            log.info("Job {} is completed.", id);
        } else {
            discardLate(job, "The end");
        }
    }

    /** Erases what an ended job made; true if it has to be done again, because units are still stopping. */
    boolean erase(UUID id) throws Exception {
        Optional<Job> job = ledger.find(id);
        if (job.isEmpty()) {
            return false;
        }
        handler(job.get()).discard(job.get());
        boolean again = ledger.erased(id);
        log.info("What job {} made is erased{}.", id, again ? "; units are still stopping, it is looked at again" : "");
        return again;
    }

    void expire() {
        ledger.expire().forEach(id -> log.info("Job {} is past its retention and is discarded.", id));
    }

    /** Gives a job up for good, whichever of its steps failed. */
    void fail(UUID id, Throwable cause) {
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (ledger.failed(id, reason)) {
            log.warn("Job {} has failed; what it made is erased: {}", id, reason, cause);
        }
    }

    Optional<UUID> jobOf(long unitId) {
        return ledger.unit(unitId).map(WorkUnitEntity::jobId);
    }

    /**
     * Erases what a step made after its job had ended. It looks again how the job stands: a job may also be complete, by
     * another process that took the step over, and then everything stays.
     */
    private void discardLate(Job job, String step) throws Exception {
        Job now = ledger.find(job.id()).orElse(null);
        if (now != null && (now.status() == JobStatus.DISCARDED || now.status() == JobStatus.FAILED)) {
            log.info("{} of job {} stops, since the job is over; what it made is erased.", step, job.id());
            handler(now).discard(now);
        }
    }

    private JobHandler handler(Job job) {
        JobHandler handler = handlers.get(job.kind());
        if (handler == null) {
            throw new IllegalStateException("No handler for jobs of the kind '" + job.kind() + "'");
        }
        return handler;
    }
}
