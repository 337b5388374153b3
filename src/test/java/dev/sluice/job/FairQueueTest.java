package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which order the steps of several jobs are leased. */
@SlowTest
class FairQueueTest {
    private static final long MEGABYTE = 1 << 20;
    private static final JobOwner ANYONE = new JobOwner("", null);

    private static final Practice PRACTICE = new Practice();

    private static String database;

    /** Its workers are paused. */
    private static EngineProcess shared;

    private EngineProcess process;

    @BeforeAll
    static void start() {
        database = TestDatabase.freshUrl();
        shared = EngineProcess.start(database, PRACTICE);
        shared.bean(Workers.class).pause();
    }

    @AfterAll
    static void stop() {
        shared.close();
        TestDatabase.drop(database);
    }

    @BeforeEach
    void useTheSharedProcess() {
        process = shared;
    }

    @AfterEach
    void clear() {
        PRACTICE.held.clear();
        PRACTICE.faults.clear();
        if (process != shared) {
            process.close();
        }
        shared.sql("delete from job");
        shared.bean(StepQueue.class).running().forEach(shared.bean(StepQueue.class)::end);
    }

    @Test
    void jobsTakeTurns() {
        submit(ANYONE, "a=10,10,10");
        submit(ANYONE, "b=10,10,10");
        planAll();

        assertThat(leased(6)).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
        assertThat(lease()).isEmpty();
    }

    @Test
    void ofJobsWithoutRunningUnitsTheOneThatHasWaitedLongestIsNext() {
        submit(ANYONE, "a=10,10,10");
        submit(ANYONE, "b=10,10,10");
        planAll();

        List<String> run = Stream.generate(this::runOne).limit(5).toList();

        assertThat(run).containsExactly("a0", "b0", "a1", "b1", "a2");
    }

    @Test
    void aJobWhoseUnitsFailTakesItsTurns() {
        List.of("a0", "a1", "a2", "a3").forEach(unit -> PRACTICE.faults.put(unit, new AtomicInteger(9)));
        submit(new JobOwner("x", null), "a=10,10,10,10");
        submit(new JobOwner("y", null), "b=10,10");
        planAll();

        assertThat(Stream.generate(() -> runOne().substring(0, 1)).limit(4)).containsExactly("a", "b", "a", "b");
    }

    @Test
    void clientsTakeTurnsHoweverManyJobsTheyHave() {
        submit(new JobOwner("x", null), "a=10,10,10");
        submit(new JobOwner("x", null), "b=10,10,10");
        submit(new JobOwner("y", null), "c=10,10,10");
        planAll();

        assertThat(leased(6)).containsExactly("a0", "c0", "b0", "c1", "a1", "c2");
    }

    @Test
    void theFirstUnitIsFollowedByTheLargest() {
        submit(ANYONE, "a=10,20,50,30,50");
        planAll();

        assertThat(leased(5)).containsExactly("a0", "a2", "a4", "a3", "a1");
    }

    @Test
    void endsAndPlansOfJobsComeBeforeUnits() {
        submit(ANYONE, "a=10");
        submit(ANYONE, "b=10,10");
        planAll();
        assertThat(runOne()).isEqualTo("a0");
        UUID third = submit(ANYONE, "c=10");

        assertThat(lease().orElseThrow().step()).isEqualTo(Step.FINISH);
        Lease plan = lease().orElseThrow();
        assertThat(plan.step()).isEqualTo(Step.PLAN);
        assertThat(plan.job().id()).isEqualTo(third);
        assertThat(lease().orElseThrow().payload()).isEqualTo("b0");
    }

    /** Otherwise one client that starts many exports at once keeps all others waiting. */
    @Test
    void aClientThatPlansNothingIsNextToPlan() {
        submit(new JobOwner("x", null), "a=10");
        submit(new JobOwner("x", null), "b=10");
        submit(new JobOwner("y", null), "c=10");

        assertThat(Stream.generate(() -> lease().orElseThrow().job().payload()).limit(3))
                .containsExactly("a=10", "c=10", "b=10");
    }

    @Test
    void aHigherPriorityIsFirst() {
        submit(ANYONE, "a=10,10");
        submit(ANYONE, "b=10,10");
        submit(ANYONE, "c=10,10");
        planAll();
        process.sql("update job set priority = 1 where payload like 'c%'");
        process.sql("update job set priority = -1 where payload like 'a%'");

        assertThat(leased(6)).containsExactly("c0", "c1", "b0", "b1", "a0", "a1");
    }

    @Test
    void limitsOfRunningUnitsHold() {
        process = startPaused("sluice.export.max-units-per-job=2", "sluice.export.max-units-per-client=3");
        submit(new JobOwner("x", null), "a=10,10,10");
        submit(new JobOwner("x", null), "b=10,10,10");
        submit(new JobOwner("y", null), "c=10,10,10");
        planAll();

        assertThat(leased(5)).containsExactly("a0", "c0", "b0", "c1", "a1");
        assertThat(lease()).isEmpty();
        process.sql("update work_unit set lease_owner = null, result = '' where payload = 'a0'");
        process.sql("update job set turn_at = now() where payload like 'a%'");
        assertThat(leased(1)).containsExactly("b1");
        assertThat(lease()).isEmpty();
    }

    @Test
    void limitsHoldAtTheSameTimeInAllProcesses() throws Exception {
        process = startPaused("sluice.export.max-units-per-job=1");
        try (EngineProcess other = startPaused("sluice.export.max-units-per-job=1")) {
            submit(ANYONE, "a=10,10,10,10,10,10,10,10");
            planAll();
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                for (int round = 0; round < 10; round++) {
                    List<Callable<Optional<Lease>>> calls = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        calls.add(this::lease);
                        calls.add(() -> other.bean(StepQueue.class).lease(Practice.KIND));
                    }
                    threads.invokeAll(calls);
                    assertThat(process.count("select count(*) from work_unit where lease_owner is not null"))
                            .isOne();
                    process.sql("update work_unit set lease_owner = null, due_at = now()");
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void theViewOfTheQueueCountsWhatWaitsAndWhatRuns() {
        submit(ANYONE, "a=10,10,10");
        submit(ANYONE, "b=10,10");
        assertThat(queue("waiting")).as("two plans").isEqualTo(2);
        planAll();
        lease();
        process.sql("update work_unit set due_at = now() - interval '1 hour' where payload = 'a1'");

        assertThat(queue("waiting")).isEqualTo(4);
        assertThat(queue("running")).isEqualTo(1);
        assertThat(queue("oldest_seconds::bigint")).isBetween(3_600L, 3_700L);
        process.sql("update job set paused_at = now() where payload like 'b%'");
        assertThat(queue("waiting")).as("a paused job waits for no worker").isEqualTo(2);
        process.sql("update work_unit set lease_owner = null, result = ''");
        process.sql("update job set units_done = units");
        assertThat(queue("waiting")).as("the end of a job").isOne();
    }

    private long queue(String column) {
        return process.count("select " + column + " from work_queue where kind = '" + Practice.KIND + "'");
    }

    @Test
    void aSmallJobDoesNotWaitForTheUnitsOfALargeOne() {
        process = EngineProcess.start(database, PRACTICE, "sluice.export.workers=2", "sluice.export.short-workers=1");
        PRACTICE.held.addAll(List.of("large0", "large1"));
        UUID large = submit(ANYONE, "large=" + 50 * MEGABYTE + "," + 50 * MEGABYTE + ",1,1");
        await().until(() -> PRACTICE.holders.get() == 2);

        UUID small = submit(ANYONE, "small=12");
        process.awaitEnd(small);

        assertThat(PRACTICE.holders).hasValue(2);
        assertThat(PRACTICE.runs("large2"))
                .as("small units of a large job wait")
                .isZero();
        PRACTICE.held.clear();
        PRACTICE.faults.clear();
        process.awaitEnd(large);
    }

    /** Each end of a unit changes the row of the job. Rows that refer to it, such as events, lock it too when they are new. */
    @Test
    void changesOfOneJobAreInNoDeadlock() {
        process = EngineProcess.start(database, PRACTICE, "sluice.export.workers=8");
        try (EngineProcess other = EngineProcess.start(database, PRACTICE, "sluice.export.workers=8")) {
            UUID id = submit(ANYONE, "3000");
            await().until(() -> process.count("select count(*) from work_unit where result is not null") > 0);
            CompletableFuture<Void> events = CompletableFuture.runAsync(() -> {
                while (process.find(id).ending() == null) {
                    process.sql("do 'begin insert into job_event (job_id, change) values (''" + id
                            + "'', ''practice''); perform pg_sleep(0.01); end'");
                }
            });
            for (int change = 0; change < 40; change++) {
                process.jobs().prioritize(Practice.KIND, id, change % 2);
                other.jobs().pause(Practice.KIND, id.toString(), "");
                other.jobs().resume(Practice.KIND, id.toString(), "");
            }
            process.awaitEnd(id);
            events.join();
        }
        assertThat(process.count("select count(*) from job_event where change = '" + JobLog.STEP_FAILED + "'"))
                .isZero();
    }

    private static EngineProcess startPaused(String... properties) {
        EngineProcess started = EngineProcess.start(database, PRACTICE, properties);
        started.bean(Workers.class).pause();
        return started;
    }

    private UUID submit(JobOwner owner, String payload) {
        UUID id = UUID.randomUUID();
        process.jobs().submit(id, Practice.KIND, owner, payload, null);
        return id;
    }

    private Optional<Lease> lease() {
        return process.bean(StepQueue.class).lease(Practice.KIND);
    }

    /** Leases this number of units, and runs none of them. */
    private List<String> leased(int units) {
        return Stream.generate(() -> lease().orElseThrow().payload())
                .limit(units)
                .toList();
    }

    private void planAll() {
        long jobs = process.count("select count(*) from job where status = 'ACCEPTED'");
        for (long i = 0; i < jobs; i++) {
            runOne();
        }
    }

    /** Runs a step, and returns which unit it is. */
    private String runOne() {
        Lease lease = lease().orElseThrow();
        process.bean(Engine.class).run(lease);
        process.bean(StepQueue.class).end(lease);
        return lease.payload();
    }
}
