package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The engine by itself, on a real database, with a kind of job that does what a test tells it. */
class EngineTest {
    private static final String KIND = "practice";

    private String database;
    private ConfigurableApplicationContext process;
    private Jobs jobs;
    private Practice practice;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        practice = new Practice();
        process = process(practice);
        jobs = process.getBean(Jobs.class);
    }

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void aJobRunsEachOfItsUnitsAndCollectsTheirResultsInOrder() {
        UUID id = submit("5");

        Job job = awaitEnd(id);

        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(ending(job)).isEqualTo("[did 0, did 1, did 2, did 3, did 4]");
        assertThat(job.progress().done()).isEqualTo(job.progress().total()).isEqualTo(50);
    }

    @Test
    void aJobWithoutUnitsIsFinishedAtOnce() {
        assertThat(ending(awaitEnd(submit("0")))).isEqualTo("[]");
    }

    @Test
    void aPassingFaultIsTriedAgain() {
        practice.faults.put("1", new AtomicInteger(2));

        Job job = awaitEnd(submit("3"));

        assertThat(ending(job)).isEqualTo("[did 0, did 1, did 2]");
        assertThat(practice.runs.get("1")).hasValue(3);
    }

    @Test
    void aLastingFaultEndsTheJobWithItsReasonAndErasesWhatItMade() {
        practice.failure = "the disk is full; free some space";

        UUID id = submit("3");
        Job job = awaitEnd(id);

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(ending(job)).isEqualTo("the disk is full; free some space");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(practice.erased).containsKey(id));
        assertThat(jobs.find(KIND, id.toString())).isPresent();
    }

    @Test
    void discardingStopsARunningUnitWithinASecondAndForgetsTheJob() throws Exception {
        practice.hold = true;
        UUID id = submit("2");
        practice.holding.await();

        long cancelled = System.nanoTime();
        assertThat(jobs.discard(KIND, id.toString())).isTrue();
        assertThat(jobs.find(KIND, id.toString())).isEmpty();
        assertThat(jobs.discard(KIND, id.toString())).isFalse();
        await().atMost(Duration.ofSeconds(5)).until(() -> practice.holders.get() == 0);

        assertThat(Duration.ofNanos(System.nanoTime() - cancelled)).isLessThan(Duration.ofSeconds(1));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> process.getBean(JobRepository.class).findById(id).isEmpty());
        assertThat(practice.erased).containsKey(id);
    }

    @Test
    void aJobOfAnotherKindIsNotFound() {
        UUID id = submit("1");
        awaitEnd(id);

        assertThat(jobs.find("another", id.toString())).isEmpty();
        assertThat(jobs.discard("another", id.toString())).isFalse();
    }

    @Test
    void aFinishedJobIsErasedWhenItsRetentionIsOver() {
        process.close();
        process = process(practice, "sluice.export.retention=0s");
        jobs = process.getBean(Jobs.class);
        UUID id = submit("1");
        await().atMost(Duration.ofSeconds(10)).until(() -> practice.finished.get() == 1);

        await().atMost(Duration.ofSeconds(10)).until(() -> {
            process.getBean(Engine.class).expire();
            return jobs.find(KIND, id.toString()).isEmpty();
        });

        await().atMost(Duration.ofSeconds(10)).until(() -> practice.erased.containsKey(id));
    }

    @Test
    void twoProcessesShareTheUnitsAndRunEachOnce() {
        Practice other = new Practice();
        try (ConfigurableApplicationContext second = process(other)) {
            assertThat(second.isRunning()).isTrue();
            practice.pauseMillis = 30;
            other.pauseMillis = 30;

            Job job = awaitEnd(submit("60"));

            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(practice.runs.size() + other.runs.size()).isEqualTo(60);
            assertThat(practice.runs).isNotEmpty();
            assertThat(other.runs).isNotEmpty();
        }
    }

    private UUID submit(String payload) {
        UUID id = UUID.randomUUID();
        jobs.submit(id, KIND, payload);
        return id;
    }

    private Job awaitEnd(UUID id) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> jobs.find(KIND, id.toString()).orElseThrow().ending() != null);
        return jobs.find(KIND, id.toString()).orElseThrow();
    }

    private static String ending(Job job) {
        Job.Ending ending = job.ending();
        return ending == null ? "" : ending.text();
    }

    private ConfigurableApplicationContext process(Practice handler, String... properties) {
        return new SpringApplicationBuilder(Wiring.class)
                .web(WebApplicationType.NONE)
                .initializers(context -> context.getBeanFactory().registerSingleton("practice", handler))
                .properties("spring.datasource.url=" + database, "spring.flyway.enabled=false")
                .properties(properties)
                .run("--logging.level.root=warn");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ComponentScan
    @ConfigurationPropertiesScan
    static class Wiring {
        @Bean
        Clock systemClock() {
            return Clock.systemUTC();
        }
    }

    /** A job of as many units as its payload says. */
    static final class Practice implements JobHandler {
        final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
        final Map<String, AtomicInteger> faults = new ConcurrentHashMap<>();
        final Map<UUID, AtomicInteger> erased = new ConcurrentHashMap<>();
        final AtomicInteger finished = new AtomicInteger();
        final AtomicInteger holders = new AtomicInteger();
        final CountDownLatch holding = new CountDownLatch(2);
        private volatile boolean hold;
        private volatile long pauseMillis;
        private volatile String failure = "";

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public List<Unit> plan(Job job) {
            return IntStream.range(0, Integer.parseInt(job.payload()))
                    .mapToObj(n -> new Unit(Integer.toString(n), 10))
                    .toList();
        }

        @Override
        public String run(Job job, String unit, UnitContext context) throws Exception {
            runs.computeIfAbsent(unit, u -> new AtomicInteger()).incrementAndGet();
            if (faults.containsKey(unit) && faults.get(unit).getAndDecrement() > 0) {
                throw new IllegalStateException("a fault that passes");
            }
            if (!failure.isEmpty()) {
                throw new JobFailure(failure);
            }
            Thread.sleep(pauseMillis);
            if (hold) {
                holdUntilCancelled(context);
            }
            return "did " + unit;
        }

        private void holdUntilCancelled(UnitContext context) throws InterruptedException {
            holders.incrementAndGet();
            holding.countDown();
            try {
                for (int i = 0; i < 1_000; i++) {
                    context.check();
                    Thread.sleep(10);
                }
            } finally {
                holders.decrementAndGet();
            }
        }

        @Override
        public String finish(Job job, List<String> results) {
            finished.incrementAndGet();
            return results.toString();
        }

        @Override
        public void discard(Job job) {
            erased.computeIfAbsent(job.id(), id -> new AtomicInteger()).incrementAndGet();
        }
    }
}
