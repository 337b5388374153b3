package dev.sluice.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyHashIndexTest {
    @Test
    void keysAreNumberedInTheirOrderAndKnownAgainAfterItHasGrown() {
        KeyHashIndex keys = new KeyHashIndex();
        int count = 100_000;

        for (int i = 0; i < count; i++) {
            assertThat(keys.add(KeyHash.of("Patient", "p" + i))).isEqualTo(i);
        }

        for (int i = 0; i < count; i++) {
            assertThat(keys.add(KeyHash.of("Patient", "p" + i))).isEqualTo(~i);
        }
        assertThat(keys.get(77_777)).isEqualTo(KeyHash.of("Patient", "p77777"));
        assertThat(keys.size()).isEqualTo(count);
    }
}
