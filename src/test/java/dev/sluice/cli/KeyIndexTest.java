package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyIndexTest {
    @Test
    void keysAreNumberedInTheirOrderAndKnownAgainAfterItHasGrown() {
        KeyIndex keys = new KeyIndex();
        int count = 100_000;

        for (int i = 0; i < count; i++) {
            assertThat(keys.add(Key.of("Patient", "p" + i))).isEqualTo(i);
        }

        for (int i = 0; i < count; i++) {
            assertThat(keys.add(Key.of("Patient", "p" + i))).isEqualTo(~i);
        }
        assertThat(keys.get(77_777)).isEqualTo(Key.of("Patient", "p77777"));
        assertThat(keys.size()).isEqualTo(count);
    }
}
