package dev.sluice.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DutyCycleTest {
    private static final long SECOND = 1_000_000_000;

    private long now;
    private boolean slow;
    private int looks;
    private final DutyCycle share = new DutyCycle(
            () -> {
                looks++;
                return slow;
            },
            () -> now);

    @Test
    void unitsHaveAllOfTheirTimeWhileNobodyIsSlow() {
        for (int i = 0; i < 100; i++, now += SECOND / 10) {
            assertThat(share.get()).isEqualTo(1);
        }
        assertThat(looks).isEqualTo(20);
    }

    @Test
    void atOnceATenthIsLeftAndNeverLess() {
        slow = true;
        for (int i = 0; i < 100; i++, now += SECOND) {
            assertThat(share.get()).isEqualTo(DutyCycle.LEAST);
        }
    }

    @Test
    void theShareGrowsAgainWithTime() {
        slow = true;
        share.get();
        slow = false;

        now += 2 * SECOND;
        assertThat(share.get()).isCloseTo(0.3, within(1e-9));
        now += SECOND / 10;
        assertThat(share.get()).isCloseTo(0.3, within(1e-9));
        now += 3_600 * SECOND;
        assertThat(share.get()).isEqualTo(1);
    }
}
