package dev.sluice.deid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PresetTest {
    @ParameterizedTest
    @EnumSource
    void canBeUsed(Preset preset) {
        assertThat(RuleFile.parse(preset.file()).text()).contains("fhirPathRules");
    }

    @Test
    void hasTheNameOfARequest() {
        assertThat(Preset.find("preset:safe-harbor")).contains(Preset.SAFE_HARBOR);
        assertThat(Preset.find("safe-harbor")).isEmpty();
        assertThat(Preset.ALL).isEqualTo("preset:safe-harbor, preset:limited-data-set, preset:keep-structure");
    }
}
