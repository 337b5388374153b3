package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.fhir.FhirException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int MB = 1 << 20;

    private final MemoryBudget bodies = new MemoryBudget(64 * MB, Duration.ofMillis(50));

    @Test
    void whoFindsNoMemoryIsToldToComeAgain() throws InterruptedIOException {
        try (MemoryBudget.Claim second = bodies.claim()) {
            try (MemoryBudget.Claim first = bodies.claim()) {
                first.take(20 * MB);

                assertThatExceptionOfType(FhirException.class)
                        .isThrownBy(() -> second.take(20 * MB))
                        .matches(problem -> problem.status() == 503);
            }
            second.take(20 * MB);
        }
    }

    @Test
    void whatARequestMakesIsCountedToo() {
        try (MemoryBudget.Claim other = bodies.claim();
                MemoryBudget.Claim maker = bodies.claim()) {
            maker.hold(2 * MB);
            maker.hold(8 * MB);
            other.hold(20 * MB);

            assertThatExceptionOfType(FhirException.class)
                    .isThrownBy(() -> maker.hold(20 * MB))
                    .matches(problem -> problem.status() == 503);
            maker.hold(8 * MB);
        }
        try (MemoryBudget.Claim next = bodies.claim()) {
            next.hold(60 * MB);
        }
    }

    @Test
    void aSmallBodyIsTakenWhateverIsHeld() throws InterruptedIOException {
        try (MemoryBudget.Claim large = bodies.claim();
                MemoryBudget.Claim small = bodies.claim()) {
            large.take(32 * MB);

            small.take(MB);
        }
    }

    @Test
    void oneAloneIsTakenWhateverTheHeapIs() throws InterruptedIOException {
        try (MemoryBudget.Claim alone = bodies.claim()) {
            alone.take(60 * MB);
        }
        try (MemoryBudget.Claim next = bodies.claim()) {
            next.take(60 * MB);
        }
        assertThat(MemoryBudget.SMALL).isEqualTo(MB);
    }

    @Test
    void anExportWaitsUntilOthersHaveGivenBackAndCanBeStopped() throws InterruptedIOException {
        try (MemoryBudget.Claim waiting = bodies.claim()) {
            MemoryBudget.Claim other = bodies.claim();
            other.take(20 * MB);
            List<String> checks = new ArrayList<>();

            waiting.await(20 * MB, () -> {
                checks.add("one");
                other.close();
            });

            assertThat(checks).hasSize(1);
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> bodies.claim().await(20 * MB, () -> {
                        throw new CancellationException();
                    }));
        }
    }
}
