package dev.sluice.job;

import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.sluice.job.Engine.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires the steps of {@link Engine} into db-scheduler, which leases them, revives those of dead processes and repeats them.
 * What it would do with an entry by the clock of this machine, or without regard to its holder, is done by {@link Agenda}.
 */
@Configuration(proxyBeanMethods = false)
class JobTasks {
    private static final Logger log = LoggerFactory.getLogger(JobTasks.class);
    private static final Duration STILL_STOPPING = Duration.ofSeconds(1);

    /** As many threads as units may run; plans and endings are short, and overtake units that wait. */
    @Bean
    static BeanPostProcessor schedulerThreads(ObjectProvider<JobSettings> settings) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String name) {
                if (bean instanceof DbSchedulerProperties properties) {
                    properties.setThreads(settings.getObject().threads());
                }
                return bean;
            }
        };
    }

    /**
     * Locks steps by a select, and takes them by an update of these. The one statement that does both has its limit in a
     * subquery, which PostgreSQL may run again for each row: a process then takes the steps of all others.
     */
    @Bean
    static DbSchedulerCustomizer oneAfterTheOther() {
        return new DbSchedulerCustomizer() {
            @Override
            public Optional<JdbcCustomization> jdbcCustomization() {
                return Optional.of(new PostgreSqlJdbcCustomization(true, false));
            }
        };
    }

    /** Heartbeats and due times are those of all processes, so they follow the clock that all have in common. */
    @Bean
    com.github.kagkarlsson.scheduler.Clock dbSchedulerClock(Clock clock) {
        return clock::instant;
    }

    @Bean
    Task<Void> planTask(Engine engine, Ledger ledger, Agenda agenda) {
        return new Steps(engine, ledger, agenda).task(Agenda.PLAN, Agenda.SOON, engine::plan);
    }

    @Bean
    Task<Void> runTask(Engine engine, Ledger ledger, Agenda agenda) {
        return new Steps(engine, ledger, agenda).task(Agenda.RUN, Agenda.IN_TURN, engine::run);
    }

    @Bean
    Task<Void> finishTask(Engine engine, Ledger ledger, Agenda agenda) {
        return new Steps(engine, ledger, agenda).task(Agenda.FINISH, Agenda.SOON, engine::finish);
    }

    @Bean
    Task<Void> eraseTask(Engine engine, Ledger ledger, Agenda agenda) {
        return new Steps(engine, ledger, agenda).task(Agenda.ERASE, Agenda.SOON, engine::erase);
    }

    /** A step of the engine, which may fail with any exception. */
    @FunctionalInterface
    private interface Step {
        Outcome take(Lease lease) throws Exception;
    }

    /** Makes tasks of steps. */
    private record Steps(Engine engine, Ledger ledger, Agenda agenda) {
        Task<Void> task(TaskDescriptor<Void> task, int priority, Step step) {
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
    }

    /** Carries a checked exception through db-scheduler, whose handlers may not throw one. */
    private static final class StepFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StepFailed(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }
}
