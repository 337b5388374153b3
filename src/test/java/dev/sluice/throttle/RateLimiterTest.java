package dev.sluice.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final long SECOND = 1_000_000_000;

    private long now = -5 * SECOND;

    @Test
    void whoKeepsReadingGetsAsMuchAsTheRateAndAQuarterOfASecondMore() {
        RateLimiter bucket = new RateLimiter(1_000, () -> now);

        assertThat(bucket.take(250)).isZero();
        assertThat(bucket.take(1)).isEqualTo(SECOND / 1_000);
        assertThat(bucket.take(1_999)).isEqualTo(2 * SECOND);
        now += 2 * SECOND;
        assertThat(bucket.take(1)).isEqualTo(SECOND / 1_000);
    }

    @Test
    void whatWasNotUsedIsNotKeptForLong() {
        RateLimiter bucket = new RateLimiter(1_000, () -> now);

        now += 3_600 * SECOND;

        assertThat(bucket.take(1_250)).isEqualTo(SECOND);
    }

    @Test
    void severalWhoWaitAsToldNeverGetMoreThanTheRateTogetherNorMuchLess() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long rate = 1 + (long) Math.pow(10, random.nextDouble() * 10);
            RateLimiter bucket = new RateLimiter(rate, () -> now);
            long[] free = new long[1 + random.nextInt(5)];
            long largest = 1 + (long) (rate * random.nextDouble());
            long begun = now;
            double passed = 0;
            long last = 0;
            for (int i = 0; i < 1_000; i++) {
                int next = 0;
                for (int j = 1; j < free.length; j++) {
                    next = free[j] < free[next] ? j : next;
                }
                now = Math.max(now, begun + free[next]);
                last = 1 + (long) (largest * random.nextDouble());
                passed += last;
                free[next] = now - begun + bucket.take(last);
                double allowed = rate * ((now - begun) / 1e9 + 0.25) + (double) largest * free.length;

                assertThat(passed).as("seed " + seed).isLessThanOrEqualTo(allowed * 1.000001);
            }
            double due = rate * ((now - begun) / 1e9) * (1 - 1e-6) - (double) last * free.length;
            assertThat(passed).as("seed " + seed).isGreaterThanOrEqualTo(due - 1_000 * rate / 1e9);
        }
    }
}
