package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LongSetTest {
    @Test
    void holdsEachNumberOnce() {
        LongSet set = new LongSet(1_000_000);
        long[] numbers = new Random(1).longs(50_000, -10_000, 10_000).toArray();

        for (long number : numbers) {
            assertThat(set.add(number)).isTrue();
        }

        assertThat(set.toArray())
                .isEqualTo(LongStream.of(numbers).sorted().distinct().toArray());
    }

    @Test
    void takesAsManyDifferentNumbersAsItsLimit() {
        LongSet set = new LongSet(3_000);
        for (int round = 0; round < 3; round++) {
            for (long number = 0; number < 2_999; number++) {
                assertThat(set.add(number)).isTrue();
            }
        }

        assertThat(set.add(2_999)).isTrue();
        assertThat(set.add(3_000)).isFalse();
        assertThat(set.add(17)).isTrue();
        assertThat(set.toArray()).hasSize(3_000);
    }

    @Test
    void mayHaveNoRoomAtAll() {
        assertThat(new LongSet(0).add(1)).isFalse();
        assertThat(new LongSet(-1).toArray()).isEmpty();
    }
}
