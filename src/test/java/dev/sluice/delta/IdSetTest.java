package dev.sluice.delta;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdSetTest {
    @Test
    void holdsWhatWasAddedAndNothingElse() {
        IdSet ids = new IdSet(50_000);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 50_000; i++) {
                assertThat(ids.isFull()).isFalse();
                ids.add(id(2 * i));
                ids.add(id(2 * i));
            }
            assertThat(ids.isFull()).isTrue();
            for (int i = 0; i < 100_000; i++) {
                assertThat(ids.contains(id(i))).isEqualTo(i % 2 == 0);
            }
            ids.clear();
            assertThat(ids.isEmpty()).isTrue();
            assertThat(ids.contains(id(0))).isFalse();
        }
    }

    private static byte[] id(int number) {
        return ("patient-" + number).getBytes(UTF_8);
    }
}
