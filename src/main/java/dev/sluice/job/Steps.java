package dev.sluice.job;

import com.github.kagkarlsson.scheduler.Clock;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerConfigurationSupport;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.stats.StatsRegistry;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.sluice.job.Engine.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes tasks of db-scheduler of the steps of {@link Engine}, and schedulers that run them. */
@Component
class Steps {
    private static final Logger log = LoggerFactory.getLogger(Steps.class);
    private static final Duration STILL_STOPPING = Duration.ofSeconds(1);

    private final Engine engine;
    private final Ledger ledger;
    private final Agenda agenda;
    private final Shares shares;

    Steps(Engine engine, Ledger ledger, Agenda agenda, Shares shares) {
        this.engine = engine;
        this.ledger = ledger;
        this.agenda = agenda;
        this.shares = shares;
    }

    /** A step of the engine, which may fail with any exception. */
    @FunctionalInterface
    private interface Step {
        Outcome take(Lease lease) throws Exception;
    }

    /**
     * A scheduler that takes the steps of one share. It knows those of all, since it may find that the process of any step
     * is dead.
     *
     * @param share its name; empty = the first one
     */
    Scheduler scheduler(
            String share, DbSchedulerProperties properties, StatsRegistry stats, Clock clock, DataSource dataSource) {
        List<Task<?>> tasks = new ArrayList<>(tasks(""));
        shares.others().forEach(other -> tasks.addAll(tasks(other)));
        DbSchedulerCustomizer customizer = new DbSchedulerCustomizer() {
            @Override
            public Optional<JdbcCustomization> jdbcCustomization() {
                return Optional.of(new SharedSteps(share));
            }
        };
        return DbSchedulerConfigurationSupport.buildScheduler(
                properties, customizer, stats, clock, dataSource, tasks, List.of(), List.of());
    }

    private List<Task<?>> tasks(String share) {
        return List.of(
                task(Agenda.in(share, Agenda.PLAN), Agenda.SOON, engine::plan),
                task(Agenda.in(share, Agenda.RUN), Agenda.IN_TURN, engine::run),
                task(Agenda.in(share, Agenda.FINISH), Agenda.SOON, engine::finish),
                task(Agenda.in(share, Agenda.ERASE), Agenda.SOON, engine::erase));
    }

    private Task<Void> task(TaskDescriptor<Void> task, int priority, Step step) {
        return Tasks.custom(task)
                .defaultPriority(priority)
                .onDeadExecution((dead, operations) -> revive(Lease.of(dead.getExecution())))
                .onFailure((failed, operations) -> engine.failed(Lease.of(failed.getExecution()), cause(failed)))
                .execute((instance, context) -> {
                    Lease lease = Lease.of(context.getExecution());
                    return ending(lease, attempt(step, lease));
                });
    }

    private void revive(Lease lease) {
        if (agenda.again(lease, Duration.ZERO)) {
            log.info("{} is revived: nothing was heard of {} for long.", lease, lease.holder());
        }
    }

    private CompletionHandler<Void> ending(Lease lease, Outcome outcome) {
        return (complete, operations) -> {
            boolean mine = switch (outcome) {
                case DONE -> agenda.drop(lease);
                case SETTLED -> true;
                case HANDED_BACK -> ledger.handedBack(lease);
                case WAITS -> agenda.again(lease, STILL_STOPPING);
            };
            if (!mine) {
                log.info("{} ended after another process had taken it over.", lease);
            }
        };
    }

    private static Outcome attempt(Step step, Lease lease) {
        try {
            return step.take(lease);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StepFailed(e);
        }
    }

    private static Throwable cause(ExecutionComplete failed) {
        Throwable cause = failed.getCause().orElseGet(() -> new IllegalStateException("it ended without a reason"));
        return cause instanceof StepFailed && cause.getCause() != null ? cause.getCause() : cause;
    }

    /** Carries a checked exception through db-scheduler, whose handlers may not throw one. */
    private static final class StepFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StepFailed(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }
}
