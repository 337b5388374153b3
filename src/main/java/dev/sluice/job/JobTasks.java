package dev.sluice.job;

import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the steps of {@link Engine} into db-scheduler, which leases, revives and repeats them. */
@Configuration(proxyBeanMethods = false)
class JobTasks {
    private static final Logger log = LoggerFactory.getLogger(JobTasks.class);
    private static final Duration EXPIRY_CHECK = Duration.ofMinutes(1);
    private static final Duration STILL_STOPPING = Duration.ofSeconds(1);

    /** A step that failed this many times in a row ends its job: about two minutes after the first time. */
    private static final int MAX_FAILURES = 7;

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

    @Bean
    Task<Void> planTask(Engine engine, Clock clock) {
        return Tasks.oneTime(Agenda.PLAN)
                .defaultPriority(Agenda.SOON)
                .onFailure(giveUp(engine, clock, JobTasks::job))
                .execute((instance, context) -> attempt(() -> engine.plan(UUID.fromString(instance.getId()))));
    }

    @Bean
    Task<Void> runTask(Engine engine, Clock clock) {
        return Tasks.oneTime(Agenda.RUN)
                .onFailure(giveUp(engine, clock, unit -> engine.jobOf(Long.parseLong(unit))))
                .execute((instance, context) -> attempt(() -> engine.run(Long.parseLong(instance.getId()))));
    }

    @Bean
    Task<Void> finishTask(Engine engine, Clock clock) {
        return Tasks.oneTime(Agenda.FINISH)
                .defaultPriority(Agenda.SOON)
                .onFailure(giveUp(engine, clock, JobTasks::job))
                .execute((instance, context) -> attempt(() -> engine.finish(UUID.fromString(instance.getId()))));
    }

    /** Erasing is never given up: files that nobody knows of any more would stay for ever. */
    @Bean
    Task<Void> eraseTask(Engine engine, Clock clock) {
        return Tasks.custom(Agenda.ERASE)
                .defaultPriority(Agenda.SOON)
                .onFailure((complete, operations) -> repeat(complete, operations, clock))
                .execute((instance, context) -> {
                    UUID job = UUID.fromString(instance.getId());
                    return attempt(() -> engine.erase(job))
                            ? new CompletionHandler.OnCompleteReschedule<>(FixedDelay.of(STILL_STOPPING))
                            : new CompletionHandler.OnCompleteRemove<>();
                });
    }

    @Bean
    Task<Void> expireTask(Engine engine) {
        return Tasks.recurring("expire", FixedDelay.of(EXPIRY_CHECK)).execute((instance, context) -> engine.expire());
    }

    private static FailureHandler<Void> giveUp(Engine engine, Clock clock, Function<String, Optional<UUID>> jobOf) {
        return (complete, operations) -> {
            Throwable cause = cause(complete);
            if (cause instanceof JobFailure || complete.getExecution().consecutiveFailures + 1 >= MAX_FAILURES) {
                jobOf.apply(complete.getExecution().getId()).ifPresent(job -> engine.fail(job, cause));
                operations.remove();
            } else {
                repeat(complete, operations, clock);
            }
        };
    }

    private static void repeat(ExecutionComplete complete, ExecutionOperations<Void> operations, Clock clock) {
        Duration pause = Agenda.pause(complete.getExecution().consecutiveFailures + 1);
        log.warn(
                "{} failed and is tried again in {} ms: {}",
                complete.getExecution().taskInstance,
                pause.toMillis(),
                cause(complete).toString());
        operations.reschedule(complete, clock.instant().plus(pause));
    }

    private static Throwable cause(ExecutionComplete complete) {
        Throwable cause = complete.getCause().orElseGet(() -> new IllegalStateException("it ended without a reason"));
        return cause instanceof StepFailed && cause.getCause() != null ? cause.getCause() : cause;
    }

    private static Optional<UUID> job(String instance) {
        return Optional.of(UUID.fromString(instance));
    }

    /** A step of the engine, which may fail with any exception. */
    @FunctionalInterface
    private interface Step<T> {
        T take() throws Exception;
    }

    /** A step of the engine without a result. */
    @FunctionalInterface
    private interface Action {
        void take() throws Exception;
    }

    private static void attempt(Action action) {
        attempt(() -> {
            action.take();
            return true;
        });
    }

    private static <T> T attempt(Step<T> step) {
        try {
            return step.take();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StepFailed(e);
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
