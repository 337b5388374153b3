package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedSettingsTest {
    @ParameterizedTest
    @CsvSource({"512, 128MB", "1024, 128MB", "2048, 256MB", "12000, 1500MB", "24105, 2048MB", "1000000, 2048MB"})
    void pagesHaveAnEighthOfTheMemoryWithinBounds(long megabytes, String pages) {
        assertThat(EmbeddedSettings.of(megabytes << 20)).containsEntry("shared_buffers", pages);
    }
}
