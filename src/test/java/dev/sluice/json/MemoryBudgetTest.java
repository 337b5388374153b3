package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.fhir.FhirException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int MB = 1 << 20;

    private final MemoryBudget bodies = new MemoryBudget(64 * MB, Duration.ofMillis(50));

    @Test
    void whoFindsNoMemoryIsToldToComeAgain() {
        try (MemoryBudget.Claim second = bodies.claim()) {
            try (MemoryBudget.Claim first = bodies.claim()) {
                first.hold(20 * MB, 0);

                assertThatExceptionOfType(FhirException.class)
                        .isThrownBy(() -> second.hold(20 * MB, 0))
                        .matches(problem -> problem.status() == 503);
            }
            second.hold(20 * MB, 0);
        }
    }

    @Test
    void whatARequestMakesIsCountedToo() {
        try (MemoryBudget.Claim other = bodies.claim();
                MemoryBudget.Claim maker = bodies.claim()) {
            maker.hold(2 * MB, 0);
            maker.hold(8 * MB, 0);
            other.hold(20 * MB, 0);

            assertThatExceptionOfType(FhirException.class)
                    .isThrownBy(() -> maker.hold(20 * MB, 0))
                    .matches(problem -> problem.status() == 503);
            maker.hold(8 * MB, 0);
        }
        try (MemoryBudget.Claim next = bodies.claim()) {
            next.hold(60 * MB, 0);
        }
    }

    @Test
    void aSmallBodyIsTakenWhateverIsHeld() {
        try (MemoryBudget.Claim large = bodies.claim();
                MemoryBudget.Claim small = bodies.claim()) {
            large.hold(32 * MB, 0);

            small.hold(MB, 0);
        }
    }

    @Test
    void oneAloneIsTakenWhateverTheHeapIs() {
        try (MemoryBudget.Claim alone = bodies.claim()) {
            alone.hold(60 * MB, 0);
        }
        try (MemoryBudget.Claim next = bodies.claim()) {
            next.hold(60 * MB, 0);
        }
        assertThat(MemoryBudget.SMALL).isEqualTo(MB);
    }

    @Test
    void anExportWaitsUntilOthersHaveGivenBack() throws InterruptedException {
        try (MemoryBudget.Claim waiting = bodies.claim()) {
            MemoryBudget.Claim other = bodies.claim();
            other.hold(20 * MB, 0);

            assertThat(waiting.tryHold(20 * MB, Duration.ofMillis(1))).isFalse();
            other.close();
            assertThat(waiting.tryHold(20 * MB, Duration.ofMillis(1))).isTrue();
        }
    }

    @Test
    void whoNeedsLittleMoreDoesNotWaitBehindWhoNeedsMuch() throws Exception {
        try (MemoryBudget.Claim small = bodies.claim();
                MemoryBudget.Claim other = bodies.claim()) {
            other.hold(20 * MB, 0);
            small.hold(2 * MB, 0);
            Thread waiting = new Thread(() -> {
                try {
                    bodies.claim().tryHold(25 * MB, Duration.ofMinutes(1));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            waiting.start();
            await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

            small.add(2 * MB);

            waiting.interrupt();
            waiting.join();
        }
    }

    @Test
    void manySmallThingsAreCountedTogether() {
        try (MemoryBudget.Claim claim = bodies.claim()) {
            for (int i = 0; i < 600; i++) {
                claim.add(100 << 10);
            }

            assertThat(claim.bytes()).isBetween(58L * MB, 59L * MB);
            claim.release(10 * MB);
            assertThat(claim.bytes()).isEqualTo(10 * MB);
        }
    }
}
