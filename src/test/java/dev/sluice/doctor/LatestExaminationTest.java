package dev.sluice.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When a server runs its checks, and what it keeps of them. */
class LatestExaminationTest {
    private static final Finding GOOD = Finding.ok(Topic.DATABASE, "It answers.");
    private static final Finding BAD = Finding.problem(Topic.STORAGE, "It is away.", "Bring it back.");

    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void findingsAreKnownWhenTheyAreFoundAndOneExaminationRunsAtATime() throws InterruptedException {
        LatestExamination examination = new LatestExamination(this::check, Clock.systemUTC());
        assertThat(examination.state().begun()).isNull();

        examination.begin();
        told.await();
        examination.begin();

        assertThat(examination.state().running()).isTrue();
        assertThat(examination.state().findings()).containsExactly(GOOD);
        go.countDown();
        await().until(() -> !examination.state().running());
        assertThat(examination.state().findings()).containsExactly(GOOD, BAD);
        assertThat(examination.state().problems()).isEqualTo(1);
        assertThat(examination.state().warnings()).isZero();
        assertThat(runs).hasValue(1);

        examination.begin();
        await().until(() -> runs.get() == 2 && !examination.state().running());
        assertThat(examination.state().findings())
                .as("only those of the last one")
                .hasSize(2);
    }

    @Test
    void anExaminationThatFailsHasEndedAndSaysSo() {
        LatestExamination examination = new LatestExamination(
                report -> {
                    report.accept(GOOD);
                    throw new IllegalStateException("no room");
                },
                Clock.systemUTC());

        examination.begin();

        await().until(() -> !examination.state().running());
        assertThat(examination.state().findings()).hasSize(2).startsWith(GOOD);
        assertThat(examination.state().findings().get(1).text()).contains("no room");
    }

    private void check(Consumer<Finding> report) {
        runs.incrementAndGet();
        report.accept(GOOD);
        told.countDown();
        try {
            go.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        report.accept(BAD);
    }
}
