package dev.sluice.job;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import com.github.kagkarlsson.scheduler.stats.StatsRegistry;
import java.time.Clock;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;

/**
 * Wires the steps of {@link Engine} into db-scheduler, which leases them, revives those of dead processes and repeats them.
 * What it would do with an entry by the clock of this machine, or without regard to its holder, is done by {@link Agenda}.
 */
@Configuration(proxyBeanMethods = false)
class JobTasks {
    /** As many threads for each share as units may run; plans and endings are short, and overtake units that wait. */
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

    /** Heartbeats and due times are those of all processes, so they follow the clock that all have in common. */
    @Bean
    com.github.kagkarlsson.scheduler.Clock dbSchedulerClock(Clock clock) {
        return clock::instant;
    }

    /** The schedulers, unless db-scheduler is switched off. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "db-scheduler.enabled", matchIfMissing = true)
    static class Schedulers {
        @Bean(destroyMethod = "stop")
        @DependsOnDatabaseInitialization
        Scheduler scheduler(
                Steps steps,
                DbSchedulerProperties properties,
                StatsRegistry stats,
                com.github.kagkarlsson.scheduler.Clock clock,
                DataSource dataSource) {
            return steps.scheduler("", properties, stats, clock, dataSource);
        }

        @Bean(destroyMethod = "stopOthers")
        WorkerPools workerPools(
                Scheduler first,
                Steps steps,
                Shares shares,
                DbSchedulerProperties properties,
                DataSource dataSource,
                com.github.kagkarlsson.scheduler.Clock clock) {
            return new WorkerPools(
                    first,
                    shares.others().stream()
                            .collect(Collectors.toMap(
                                    Function.identity(),
                                    share -> steps.scheduler(
                                            share, properties, StatsRegistry.NOOP, clock, dataSource))));
        }
    }

    /** As db-scheduler itself does with the first scheduler. */
    @EventListener
    void start(ContextRefreshedEvent refreshed) {
        refreshed.getApplicationContext().getBeanProvider(WorkerPools.class).ifAvailable(WorkerPools::startOthers);
    }
}
