package dev.sluice;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Actor;
import dev.sluice.audit.Audit;
import dev.sluice.job.JobEnded;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;

/** Records the ends of exports and imports. */
@Component
class EndedJobs {
    private static final Logger log = LoggerFactory.getLogger(EndedJobs.class);

    private final Audit audit;

    EndedJobs(Audit audit) {
        this.audit = audit;
    }

    /** In the transaction of the end: a job whose end cannot be recorded is not completed. */
    @EventListener(condition = "#ended.completed()")
    void completed(JobEnded ended) {
        record(ended, Act.Outcome.SUCCESS);
    }

    /** After it: a job that has failed gives no data, and would never end otherwise. */
    @TransactionalEventListener(condition = "!#ended.completed()")
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    void failed(JobEnded ended) {
        try {
            record(ended, Act.Outcome.FAILED);
        } catch (RuntimeException e) {
            log.error("The end of the job {} cannot be recorded", ended.id(), e);
        }
    }

    private void record(JobEnded ended, Act.Outcome outcome) {
        Activity activity = ended.kind().equals("export") ? Activity.EXPORT_ENDED : Activity.IMPORT_ENDED;
        Act act = Act.of(activity, ended.id().toString()).with("size in bytes").amount(ended.bytes());
        audit.record(Actor.owner(ended.owner()), act.outcome(outcome));
    }
}
