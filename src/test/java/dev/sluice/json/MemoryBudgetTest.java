package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.fhir.FhirException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
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
    void anExportWaitsUntilOthersHaveGivenBackAndCanBeStopped() {
        try (MemoryBudget.Claim waiting = bodies.claim()) {
            MemoryBudget.Claim other = bodies.claim();
            other.hold(20 * MB, 0);
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
