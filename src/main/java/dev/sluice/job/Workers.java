package dev.sluice.job;

import dev.sluice.job.WorkerSettings.Role;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The scheduled worker: it looks for steps of jobs at each {@code sluice.poll-interval}, and at once when this process adds
 * one. It has a {@link WorkerPool} for each kind of job, so that a kind whose units are long does not keep another one
 * waiting. A process whose role is {@code api} has none.
 */
@Component
class Workers implements SchedulingConfigurer {
    private final List<WorkerPool> pools;
    private final WorkerSettings workers;

    Workers(StepQueue queue, Engine engine, List<JobHandler> handlers, JobSettings settings, WorkerSettings workers) {
        this.workers = workers;
        this.pools = handlers.stream()
                .filter(handler -> workers.role() == Role.ALL)
                .map(handler -> new WorkerPool(queue, engine, handler.kind(), settings.threads()))
                .toList();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar registrar) {
        Duration interval = workers.pollInterval();
        registrar.addFixedDelayTask(
                new FixedDelayTask(() -> pools.forEach(WorkerPool::lookForStep), interval, interval));
    }

    @TransactionalEventListener(fallbackExecution = true)
    void lookForSteps(StepsAdded added) {
        pools.stream().filter(pool -> pool.runs(added.kind())).forEach(WorkerPool::lookForStep);
    }

    /** Takes no new steps. */
    void pause() {
        pools.forEach(WorkerPool::pause);
    }

    /** Takes steps, from now on or again. */
    @EventListener(ApplicationReadyEvent.class)
    void resume() {
        pools.forEach(WorkerPool::resume);
    }

    @PreDestroy
    void close() {
        pools.forEach(WorkerPool::close);
    }
}
