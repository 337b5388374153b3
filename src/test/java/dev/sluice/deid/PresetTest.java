package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** The areas are those of the census of the United States: elsewhere three digits may be a village. */
    @Test
    void threeDigitsOfAPostalCodeRemainInTheUnitedStates() {
        String patient = safeHarbor("""
                {"resourceType":"Patient","address":[{"country":"US","postalCode":"98052"},
                {"country":"CH","postalCode":"8001"},{"postalCode":"98052","state":"WA"},{"country":"USA","postalCode":"98052-1830"},
                {"country":"US","postalCode":"05901"},{"country":"US","postalCode":"09012"}]}""");

        assertThat(patient)
                .contains(
                        "\"address\":[{\"country\":\"US\",\"postalCode\":\"98000\"},{\"country\":\"CH\"},{\"state\":\"WA\"},"
                                + "{\"country\":\"USA\",\"postalCode\":\"98000-0000\"},"
                                + "{\"country\":\"US\",\"postalCode\":\"00000\"},{\"country\":\"US\",\"postalCode\":\"00000\"}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"valueQuantity\":{\"value\":93,\"unit\":\"years\",\"code\":\"a\"} | \"valueQuantity\":{\"code\":\"a\"}",
                "\"valueQuantity\":{\"value\":93,\"unit\":\"yr\"} | \"valueQuantity\":{\"unit\":\"yr\"}",
                "\"valueQuantity\":{\"value\":93,\"unit\":\"kg\"} | \"valueQuantity\":{\"value\":93,\"unit\":\"kg\"}",
                "\"valueRange\":{\"low\":{\"value\":91,\"c\\u006fde\":\"a\"}} | \"valueRange\":{\"low\":{\"c\\u006fde\":\"a\"}}",
                "\"effectiveDateTime\":\"2024-05-06T07:08:09Z\" | \"effectiveDateTime\":\"2024\"",
                "\"effectiveDateTime\":\"1931-05-06\" | \"status\":\"final\"}",
                "\"issued\":\"2024-05-06T07:08:09Z\" | \"status\":\"final\"}"
            })
    void agesAndDatesRemainAsSafeHarborAllows(String element, String rest) {
        String observation = safeHarbor("{\"resourceType\":\"Observation\"," + element + ",\"status\":\"final\"}");

        assertThat(observation).contains(rest).doesNotContain("\"value\":91", "-05", "1931", "issued");
    }

    private static String safeHarbor(String resource) {
        byte[] stored = resource.getBytes(UTF_8);
        Deidentifier rules = Deidentifier.of(
                RuleFile.parse(Preset.SAFE_HARBOR.file()), DeidKeys.random(), LocalDate.of(2026, 11, 29));
        return UTF_8.decode(rules.apply(stored, 0, stored.length, new RuleCounts()))
                .toString();
    }
}
