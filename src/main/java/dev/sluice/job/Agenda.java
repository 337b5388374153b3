package dev.sluice.job;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What has to be done next for a job, kept by db-scheduler in the caller's transaction: recorded together with the change
 * that asks for it, or not at all. This process looks at it as soon as the transaction is committed.
 */
@Component
class Agenda {
    static final TaskDescriptor<Void> PLAN = TaskDescriptor.of("plan");
    static final TaskDescriptor<Void> RUN = TaskDescriptor.of("run");
    static final TaskDescriptor<Void> FINISH = TaskDescriptor.of("finish");
    static final TaskDescriptor<Void> ERASE = TaskDescriptor.of("erase");

    /** Short steps overtake units, so that a cancelled or finished job does not wait behind a large one. */
    static final int SOON = 100;

    static final int IN_TURN = 50;

    private final ObjectProvider<Scheduler> scheduler;
    private final Clock clock;

    /** The scheduler is looked up late: it needs the tasks, and these need the agenda. */
    Agenda(ObjectProvider<Scheduler> scheduler, Clock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    void plan(UUID job) {
        add(PLAN, job);
    }

    void run(List<Long> units) {
        List<TaskInstance<?>> instances = units.stream()
                .<TaskInstance<?>>map(
                        id -> RUN.instance(Long.toString(id)).priority(IN_TURN).build())
                .toList();
        scheduler.getObject().scheduleBatch(instances, clock.instant());
        lookAfterCommit();
    }

    void finish(UUID job) {
        add(FINISH, job);
    }

    void erase(UUID job) {
        add(ERASE, job);
    }

    private void add(TaskDescriptor<Void> task, UUID job) {
        scheduler
                .getObject()
                .scheduleIfNotExists(
                        task.instance(job.toString()).priority(SOON).build(), clock.instant());
        lookAfterCommit();
    }

    /** The pause before the next try of something that failed this many times: 1, 2, 4, … 60 seconds, give or take. */
    static Duration pause(int failures) {
        long millis = Math.min(60_000, 1_000L << Math.min(failures - 1, 6));
        return Duration.ofMillis((long) (millis * (0.75 + Math.random() / 2)));
    }

    private void lookAfterCommit() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            scheduler.getObject().triggerCheckForDueExecutions();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                scheduler.getObject().triggerCheckForDueExecutions();
            }
        });
    }
}
