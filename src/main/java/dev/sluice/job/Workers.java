package dev.sluice.job;

import dev.sluice.job.WorkerSettings.Role;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The threads that run the steps of jobs: a {@link WorkerPool} for each share of them that kinds of jobs name, so that a
 * kind whose units are long does not keep another one waiting. A process whose role is {@code api} starts none.
 */
@Component
class Workers {
    private final List<WorkerPool> pools;
    private final JobSettings settings;
    private final Role role;

    Workers(StepQueue queue, Engine engine, List<JobHandler> handlers, JobSettings settings, WorkerSettings workers) {
        this.settings = settings;
        this.role = workers.role();
        this.pools = handlers.stream()
                .collect(Collectors.groupingBy(
                        JobHandler::share, Collectors.mapping(JobHandler::kind, Collectors.toList())))
                .values()
                .stream()
                .map(kinds -> new WorkerPool(queue, engine, kinds, workers))
                .toList();
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        if (role == Role.ALL) {
            pools.forEach(pool -> pool.start(settings.threads()));
        }
    }

    @TransactionalEventListener(fallbackExecution = true)
    void wake(StepsAdded added) {
        pools.stream().filter(pool -> pool.runs(added.kind())).forEach(WorkerPool::wake);
    }

    /** Takes no new steps. */
    void pause() {
        pools.forEach(WorkerPool::pause);
    }

    /** Takes steps again. */
    void resume() {
        pools.forEach(WorkerPool::resume);
    }

    @PreDestroy
    void close() {
        pools.forEach(WorkerPool::close);
    }
}
