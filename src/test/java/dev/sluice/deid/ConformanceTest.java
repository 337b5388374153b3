package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The functional tests of Microsoft's anonymizer. Their expected ages are those of 2020 and after. */
class ConformanceTest {
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final LocalDate TODAY = LocalDate.of(2026, 6, 1);

    @ParameterizedTest
    @CsvSource({
        "common-config, patient-basic, patient-basic-target",
        "redact-all-config, patient-basic, patient-redact-all-target",
        "common-config, patient-special-content, patient-special-content-target",
        "common-config, patient-null-date, patient-null-date-target",
        "common-no-partial-config, patient-no-partial, patient-no-partial-target",
        "substitute-primitive, patient-substitute-primitive, patient-substitute-primitive-target",
        "substitute-complex, patient-substitute-complex, patient-substitute-complex-target",
        "substitute-conflict-rules, patient-substitute-conflict-rules, patient-substitute-conflict-rules-target",
        "generalize-patient-config, patient-generalize, patient-generalize-target",
        "substitute-multiple, patient-substitute-multiple, patient-substitute-multiple-target",
        "substitute-multiple-2, patient-substitute-multiple-2, patient-substitute-multiple-2-target",
        "configuration-skip-processing-error, patient-basic, patient-empty",
        "common-config, contained-basic, contained-basic-target",
        "configuration-skip-processing-error, contained-basic, condition-empty",
        "common-config, bundle-basic, bundle-basic-target",
        "configuration-skip-processing-error, bundle-basic, bundle-empty",
        "common-config, contained-in-bundle, contained-in-bundle-target",
        "redact-all-config, contained-basic, contained-redact-all-target",
        "redact-all-config, bundle-basic, bundle-redact-all-target",
        "redact-all-config, contained-in-bundle, contained-in-bundle-redact-all-target",
        "substitute-multiple, contained-substitute, contained-substitute-target",
        "substitute-multiple, bundle-substitute, bundle-substitute-target",
        "r4-configuration-sample, OrganizationAffiliation, OrganizationAffiliation-target",
        "r4-configuration-sample, MedicinalProduct, MedicinalProduct-target",
        "r4-configuration-sample, ServiceRequest, ServiceRequest-target",
        "r4-configuration-sample, Claim-R4, Claim-R4-target",
        "r4-configuration-sample, Account-R4, Account-R4-target",
        "r4-configuration-sample, Contract-R4, Contract-R4-target"
    })
    void agreesWithMicrosoft(String configuration, String resource, String expected) {
        assertThat(sorted(deidentified(configuration, resource))).isEqualTo(sorted(MicrosoftFiles.resource(expected)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"patient-basic", "contained-basic", "bundle-basic"})
    void failsUnlessFaultsAreSkipped(String resource) {
        for (String configuration : new String[] {"raise", "without"}) {
            assertThatThrownBy(() -> deidentified("configuration-" + configuration + "-processing-error", resource))
                    .isInstanceOf(DeidentificationException.class)
                    .hasMessageContaining("rule 1");
        }
    }

    private static byte[] deidentified(String configuration, String resource) {
        RuleFile rules = RuleFile.parse(MicrosoftFiles.read("configurations/" + configuration + ".json"));
        byte[] key = "123".getBytes(UTF_8);
        DeidKeys keys = new DeidKeys(key, key, "0123456789abcdef".getBytes(UTF_8), key, true);
        byte[] stored = MicrosoftFiles.resource(resource);
        ByteBuffer result = Deidentifier.of(rules, keys, TODAY).apply(stored, 0, stored.length, new RuleCounts());
        byte[] bytes = new byte[result.remaining()];
        result.get(bytes);
        return bytes;
    }

    /** The order of properties has no meaning. */
    private static String sorted(byte[] json) {
        return SORTED.writeValueAsString(SORTED.treeToValue(FhirJson.MAPPER.readTree(json), Object.class));
    }
}
