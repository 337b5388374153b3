package dev.sluice.job;

import static org.awaitility.Awaitility.await;

import dev.sluice.database.LeaseConnections;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The engine by itself, as one process of those on a database, with one kind of job. */
final class EngineProcess implements AutoCloseable {
    private final ConfigurableApplicationContext context;

    private EngineProcess(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static EngineProcess start(String database, JobHandler handler, String... properties) {
        return start(database, List.of(handler), properties);
    }

    static EngineProcess start(String database, List<? extends JobHandler> handlers, String... properties) {
        return new EngineProcess(new SpringApplicationBuilder(Wiring.class)
                .web(WebApplicationType.NONE)
                .initializers(context -> handlers.forEach(
                        handler -> context.getBeanFactory().registerSingleton(handler.kind(), handler)))
                .properties("spring.datasource.url=" + database, "spring.flyway.enabled=false")
                .properties("sluice.export.shutdown-grace=1s", "sluice.export.short-workers=0")
                .properties(properties)
                .run("--logging.level.root=warn"));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Jobs jobs() {
        return bean(Jobs.class);
    }

    UUID submit(int units) {
        UUID id = UUID.randomUUID();
        jobs().submit(id, Practice.KIND, new JobOwner("", null), Integer.toString(units), null);
        return id;
    }

    Job find(UUID id) {
        return jobs().find(Practice.KIND, id.toString(), "").orElseThrow();
    }

    Job awaitEnd(UUID id) {
        await().until(() -> find(id).ending() != null);
        return find(id);
    }

    /** The number of rows that this statement changes. */
    int sql(String statement) {
        return bean(JdbcClient.class).sql(statement).update();
    }

    long count(String query) {
        return bean(JdbcClient.class).sql(query).query(Long.class).single();
    }

    /** The result of a completed job, or the reason why one failed. */
    String ending(Job job) {
        Job.Ending ending = job.ending();
        String failure = ending == null ? "" : ending.failure();
        return failure == null ? jobs().result(job.id()).orElseThrow() : failure;
    }

    @Override
    public void close() {
        context.close();
    }

    /** Not a configuration by annotation, or the servers of other tests would find it too. */
    @EnableAutoConfiguration
    @ComponentScan
    @Import(LeaseConnections.class)
    @ConfigurationPropertiesScan
    @EnableScheduling
    static class Wiring {
        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }
    }
}
