package dev.sluice.job;

import dev.sluice.job.RetryPolicy.Failing;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/**
 * Records that a step failed. It is tried again later, if that can help and it has not failed for too long and too often;
 * otherwise it ends its job.
 */
@Component
class FailureHandler {
    private static final Logger log = LoggerFactory.getLogger(FailureHandler.class);

    /** How long a step is left to other processes that this one cannot do. */
    private static final Duration FOR_OTHERS = Duration.ofSeconds(10);

    private final StepQueue queue;
    private final JobTransitions transitions;
    private final FaultClassifier faults;
    private final JobSettings settings;
    private final MeterRegistry meters;

    FailureHandler(
            StepQueue queue,
            JobTransitions transitions,
            FaultClassifier faults,
            JobSettings settings,
            MeterRegistry meters) {
        this.queue = queue;
        this.transitions = transitions;
        this.faults = faults;
        this.settings = settings;
        this.meters = meters;
    }

    void handle(Lease lease, Throwable cause) {
        try {
            record(lease, cause);
        } catch (RuntimeException e) {
            if (faults.judge(e).temporary()) {
                queue.releaseLater(lease);
            }
            throw e;
        }
    }

    private void record(Lease lease, Throwable cause) {
        FaultRule.Verdict fault = faults.judge(cause);
        Optional<Failing> failing = queue.failing(lease);
        if (failing.isEmpty()) {
            log.info("{} failed after this process had lost it: {}", lease, SafeMessage.masked(cause.toString()));
            return;
        }
        if (fault.cause().equals(FaultRule.NEWER_VERSION)) { // no failure of the job, however long both versions run
            queue.release(lease, FOR_OTHERS);
            JobLog.line(log.atInfo(), lease).log("{} is left to another process: {}", lease, fault.sentence());
            return;
        }
        recordFault(lease, cause, fault, failing.get());
    }

    private void recordFault(Lease lease, Throwable cause, FaultRule.Verdict fault, Failing failing) {
        boolean erases = lease.step() == Step.ERASE; // files that nobody knows of would stay for ever
        if (!erases && (!fault.temporary() || RetryPolicy.isExhausted(failing, settings.patience()))) {
            String reason = fault.temporary() ? givenUp(lease, failing, fault.sentence()) : fault.sentence();
            if (transitions.failed(lease, reason)) {
                JobLog.line(log.atWarn(), lease)
                        .setCause(cause)
                        .log(
                                "Job {} has failed; what it made is erased: {}",
                                lease.job().id(),
                                reason);
            } else {
                queue.release(lease); // the job is over
            }
            return;
        }
        transitions.takeTurn(lease);
        Duration pause = RetryPolicy.pause(failing.times());
        if (queue.recordRetry(lease, pause, fault.sentence())) {
            meters.counter("sluice.job.retries", "kind", lease.job().kind(), "cause", fault.cause())
                    .increment();
            JobLog.line(log.atWarn(), lease)
                    .log(
                            "{} failed and is tried again in {} ms: {} {}",
                            lease,
                            pause.toMillis(),
                            fault.sentence(),
                            // That of Spring has the statement.
                            SafeMessage.masked(NestedExceptionUtils.getMostSpecificCause(cause)
                                    .toString()));
        }
    }

    private static String givenUp(Lease lease, Failing failing, String sentence) {
        return "The job is given up: " + lease.step().text() + " failed " + SafeMessage.times(failing.times())
                + " within "
                + SafeMessage.text(failing.time().truncatedTo(ChronoUnit.SECONDS))
                + " and got no further; the last time: " + sentence;
    }
}
