package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The results of a job, read in pages while it runs. */
@SlowTest
class PagesTest {
    private final Practice practice = new Practice();
    private String database;
    private EngineProcess process;
    private Jobs jobs;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        process = EngineProcess.start(database, practice, "sluice.export.workers=6");
        jobs = process.jobs();
    }

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void aPageHoldsWhatHasEndedSinceTheOneBeforeAndNeverChanges() {
        practice.held.addAll(List.of("1", "3"));
        UUID id = process.submit(4);
        awaitResults(2);

        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(1);
        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(1);
        assertThat(jobs.page(id, 1)).containsExactly("did 0", "did 2");

        practice.held.remove("3");
        awaitResults(3);
        assertThat(jobs.page(id, 2)).isEmpty();
        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(2);

        practice.held.clear();
        process.awaitEnd(id);
        assertThat(paged(id)).containsExactly("did 0", "did 2", "did 3");
        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(3);
        assertThat(jobs.page(id, 1)).containsExactly("did 0", "did 2");
        assertThat(jobs.page(id, 2)).containsExactly("did 3");
        assertThat(jobs.page(id, 3)).containsExactly("did 1");
        assertThat(paged(id)).containsExactly("did 0", "did 2", "did 3", "did 1");
    }

    @Test
    void noPageIsClosedBeforeTheFirstUnitHasEnded() {
        practice.held.add("0");
        UUID id = process.submit(3);
        awaitResults(2);

        assertThat(jobs.closePage(id, PagesTest::anything)).isZero();

        practice.held.clear();
        awaitResults(3);
        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(1);
        assertThat(jobs.page(id, 1)).hasSize(3);
    }

    @Test
    void whatIsNotWorthAPageWaitsForTheNextOne() {
        practice.held.add("2");
        UUID id = process.submit(3);
        awaitResults(2);

        assertThat(jobs.closePage(id, "did 2"::equals)).isZero();
        assertThat(paged(id)).isEmpty();

        practice.held.clear();
        process.awaitEnd(id);
        assertThat(jobs.closePage(id, "did 2"::equals)).isEqualTo(1);
        assertThat(jobs.page(id, 1)).containsExactly("did 0", "did 1", "did 2");
    }

    @Test
    void aUnitThatIsDoneOnceMoreByAProcessThatWasThoughtDeadChangesNoPage() {
        practice.held.add("1");
        UUID id = process.submit(2);
        awaitResults(1);
        jobs.closePage(id, PagesTest::anything);
        long first = process.count("select min(id) from work_unit");
        Lease lost = new Lease(Step.RUN, process.find(id), Practice.PLAN, first, 1, "0", 1, 1, 0, null);

        assertThat(process.bean(JobTransitions.class).unitDone(lost, "did it otherwise", new UnitContext()))
                .isFalse();

        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(1);
        assertThat(jobs.page(id, 1)).containsExactly("did 0");
    }

    @Test
    void anotherProcessGoesOnWithThePages() {
        practice.held.add("1");
        UUID id = process.submit(2);
        awaitResults(1);
        assertThat(jobs.closePage(id, PagesTest::anything)).isEqualTo(1);
        process.close();

        process = EngineProcess.start(database, new Practice());
        process.awaitEnd(id);

        assertThat(process.jobs().closePage(id, PagesTest::anything)).isEqualTo(2);
        assertThat(process.jobs().page(id, 1)).containsExactly("did 0");
        assertThat(process.jobs().page(id, 2)).containsExactly("did 1");
    }

    @Test
    void theFirstUnitGoesBeforeTheOthersWhenItIsBegunAnew() {
        process.close();
        process = EngineProcess.start(database, practice, "sluice.export.workers=1");
        practice.held.add("0");
        UUID id = process.submit(20);
        await().until(() -> practice.holders.get() == 1);
        process.close();

        Practice other = new Practice();
        other.pauseMillis = 100;
        process = EngineProcess.start(database, other, "sluice.export.workers=1");

        await().until(() -> process.jobs().closePage(id, PagesTest::anything) == 1);
        assertThat(process.jobs().page(id, 1)).hasSizeLessThan(10);
    }

    @Test
    void aJobThatIsDiscardedGetsNoMorePages() {
        practice.held.add("1");
        UUID id = process.submit(2);
        awaitResults(1);

        jobs.discard(Practice.KIND, id.toString(), "");

        assertThat(jobs.closePage(id, PagesTest::anything)).isZero();
    }

    @Test
    void manyReadersOfTwoProcessesSeeTheSamePages() throws Exception {
        practice.pauseMillis = 1;
        UUID id = process.submit(400);
        Map<Integer, List<String>> seen = new ConcurrentHashMap<>();
        ExecutorService readers = Executors.newFixedThreadPool(12);
        try (EngineProcess other = EngineProcess.start(database, practice)) {
            List<Future<?>> reading = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Jobs pages = i % 2 == 0 ? jobs : other.jobs();
                reading.add(readers.submit(() -> readToTheEnd(pages, id, seen)));
            }
            for (Future<?> reader : reading) {
                reader.get();
            }
        } finally {
            readers.shutdownNow();
        }

        assertThat(seen.keySet())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, jobs.closePage(id, PagesTest::anything))
                        .boxed()
                        .toList());
        assertThat(seen.values().stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 400).mapToObj(n -> "did " + n).toList());
    }

    /** Reads every page at each look, until the job was complete before the last one. */
    private static void readToTheEnd(Jobs jobs, UUID id, Map<Integer, List<String>> seen) {
        boolean complete = false;
        while (!complete) {
            complete = jobs.find(Practice.KIND, id.toString(), "").orElseThrow().ending() != null;
            int last = jobs.closePage(id, PagesTest::anything);
            for (int number = 1; number <= last; number++) {
                List<String> page = jobs.page(id, number);
                assertThat(page).isNotEmpty();
                List<String> before = seen.putIfAbsent(number, page);
                assertThat(page).isEqualTo(before == null ? page : before);
            }
        }
    }

    private static boolean anything(String result) {
        return !result.isEmpty();
    }

    private void awaitResults(int count) {
        await().until(() -> process.count("select count(*) from work_unit where result is not null") == count);
    }

    private List<String> paged(UUID id) {
        return IntStream.rangeClosed(1, jobs.pages(id))
                .mapToObj(page -> jobs.page(id, page))
                .flatMap(List::stream)
                .toList();
    }
}
