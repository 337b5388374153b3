package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleFileTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            generalize-fail-compiled-expression | Rule 1, path 'Condition.onset as Age': Invalid cases expression 1: Error @1, 13: Found & expecting a token name
            generalize-invalid-othervalues | Rule 1, path 'Condition.onset as Age': OtherValues setting is invalid. It must be redact or keep.
            generalize-miss-cases | Rule 1, path 'Condition.onset as Age': Missing cases in FHIR path rule config.
            invalid-encryptkey | Invalid encrypt key size : 160 bits! Please provide key sizes of 128, 192 or 256 bits.
            invalid-fhirpath | Rule 1, path 'invalid()': Invalid FHIR path invalid(): Error @1, 9: The name invalid is not a valid function name
            invalid-version | Configuration of fhirVersion r3 is not supported. Expected fhirVersion: R4
            Stu3-version | Configuration of fhirVersion Stu3 is not supported. Expected fhirVersion: R4
            miss-replacement | Rule 1, path 'Patient': Missing replaceWith value in substitution rule at Patient.
            miss-rules | The configuration is invalid, please specify any fhirPathRules
            perturb-exceed-28-roundTo | Rule 1, path 'Condition.onset as Age': RoundTo value is invalid at Condition.onset as Age. It must be a whole number from 0 to 28.
            perturb-miss-span | Rule 1, path 'Condition.onset as Age': Span value is required in perturb rule at Condition.onset as Age.
            perturb-negative-roundTo | Rule 1, path 'Condition.onset as Age': RoundTo value is invalid at Condition.onset as Age. It must be a whole number from 0 to 28.
            perturb-negative-span | Rule 1, path 'Condition.onset as Age': Span value is invalid at Condition.onset as Age. It must be a number that is not negative.
            perturb-wrong-rangetype | Rule 1, path 'Condition.onset as Age': RangeType value is invalid at Condition.onset as Age. It must be fixed or proportional.
            perturb-wrong-roundTo | Rule 1, path 'Condition.onset as Age': RoundTo value is invalid at Condition.onset as Age. It must be a whole number from 0 to 28.
            unsupported-method | Rule 1, path 'Patient': Anonymization method skip not supported. The methods are keep, redact, remove, dateShift, cryptoHash, encrypt, substitute, perturb, generalize, scrub, pseudonymize.
            """)
    void refusesWhatMicrosoftRefuses(String file, String message) {
        assertRefused(MicrosoftFiles.read("faulty/configuration-" + file + ".json"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "faulty/configuration-R4-version",
                "faulty/configuration-empty-version",
                "faulty/configuration-raise-processing-error",
                "faulty/configuration-test-sample",
                "faulty/configuration-without-processing-error",
                "configurations/common-config",
                "configurations/common-no-partial-config",
                "configurations/configuration-raise-processing-error",
                "configurations/configuration-sample",
                "configurations/configuration-skip-processing-error",
                "configurations/generalize-patient-config",
                "configurations/r4-configuration-sample",
                "configurations/redact-all-config",
                "configurations/substitute-complex",
                "configurations/substitute-conflict-rules",
                "configurations/substitute-multiple",
                "configurations/substitute-multiple-2",
                "configurations/substitute-primitive"
            })
    void takesWhatMicrosoftTakes(String file) {
        RuleFile rules = RuleFile.parse(MicrosoftFiles.read(file + ".json"));

        assertThat(RuleFile.parse(rules.text().getBytes(UTF_8)).text()).isEqualTo(rules.text());
    }

    @Test
    void keepsNoKeyInItsText() {
        RuleFile rules = parse("""
                {"fhirPathRules": [], "parameters": {"dateShiftKey": "key-1", "cryptoHashKey": "key-2",
                 "encryptKey": "key-3-of-16-byte", "keyRef": "env:KEY"}}
                """);

        assertThat(rules.text()).doesNotContain("key-").contains("env:KEY");
        assertThat(rules.parameters().keys().cryptoHash()).isEqualTo(new GivenKeys.Key("key-2", null));
        assertThat(rules.parameters().toString()).doesNotContain("key-");
    }

    /** Other tools have other members; one that is misspelt may be a key. */
    @Test
    void keepsOnlyWhatItKnowsInItsText() {
        RuleFile rules = parse("""
                {"fhirPathRules": [{"path": "Patient.id", "method": "redact", "note": "secret-1"}], "comment": "secret-2",
                 "parameters": {"cryptoHaskKey": "secret-3", "customSettings": {"key": "secret-4"}}}
                """);

        assertThat(rules.text())
                .isEqualTo("{\"fhirPathRules\":[{\"path\":\"Patient.id\",\"method\":\"redact\"}],\"parameters\":{}}");
    }

    @Test
    void readsYaml() {
        RuleFile rules = parse("""
                fhirVersion: R4
                fhirPathRules:
                  - {path: Patient.name, method: redact}
                  - path: Patient.birthDate
                    method: substitute
                    replaceWith: 2000-01-01
                parameters:
                  restrictedZipCodeTabulationAreas: [036, 102]
                  enablePartialZipCodesForRedact: true
                  dateShiftScope: patient
                """);

        assertThat(rules.text()).contains("\"replaceWith\":\"2000-01-01\"");
        assertThat(rules.size()).isEqualTo(2);
        assertThat(rules.parameters().shiftPerPatient()).isTrue();
        assertThat(rules.parameters().partialZipCodes()).isTrue();
        assertThat(rules.parameters().restrictedZipCodes()).containsExactly("036", "102");
    }

    /** What restricts no postal code must not look as if it did. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"036\"",
                "\"036, 059\"",
                "36",
                "{\"036\": true}",
                "[36]",
                "[\"036\", \"\"]",
                "[\" 036\"]",
                "[[\"036\"]]"
            })
    void refusesPostalCodesThatAreNoListOfBeginnings(String codes) {
        String file = "{\"fhirPathRules\":[],\"parameters\":{\"restrictedZipCodeTabulationAreas\":" + codes + "}}";

        assertRefused(
                file.getBytes(UTF_8),
                "Failed to parse configuration file: parameters.restrictedZipCodeTabulationAreas must be a list of"
                        + " beginnings of postal codes, in quotes, such as [\"036\", \"059\"].");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"fhirPathRules":[],"fhirPathRules":[]} | Failed to parse configuration file: a property occurs twice at line 1, column 36.
            {"fhirPathRules":[]} x | Failed to parse configuration file: it is not valid JSON at line 1, column 22.
            [] | Failed to parse configuration file: it must be one JSON object, or YAML with the same keys.
            a: &a [*a] | Failed to parse configuration file: it is not YAML that JSON could express.
            {"fhirPathRules":[],"parameters":{"CryptoHashKey":"secret"}} | Failed to parse configuration file: parameters.CryptoHashKey must be written as cryptoHashKey.
            {"fhirPathRules":[],"Parameters":{"cryptoHashKey":"secret"}} | Failed to parse configuration file: Parameters must be written as parameters.
            {"fhirPathRules":[{"path":"Patient.id","method":"keep"},{"path":"Patient.name","Method":"keep"}]} | Failed to parse configuration file: rule 2, Method must be written as method.
            {"fhirPathRules":[{"path":"Patient.id"}]} | Rule 1: Missing path or method in Fhir path rule config.
            {"fhirPathRules":[],"processingErrors":"keep"} | Failed to parse configuration file: processingErrors must be raise or skip.
            {"fhirPathRules":[{"path":"Patient.id","method":"keep"},{"path":"Patient.id","method":"redact"}]} | Rule 2, path 'Patient.id': it contradicts rule 1, which has the same path, does something else, and always comes first. Remove one.
            {"fhirPathRules":[{"path":"Patient.id","method":"cryptoHash","truncateToMaxLength":8}]} | Rule 1, path 'Patient.id': truncateToMaxLength must be a whole number from 16; with fewer digits, different values have the same hash.
            {"fhirPathRules":[{"path":"nodesByType('decimal')","method":"perturb","span":1,"rangeType":["proportional"]}]} | Rule 1, path 'nodesByType('decimal')': RangeType value is invalid at nodesByType('decimal'). It must be fixed or proportional.
            {"fhirPathRules":[{"path":"Patient.gender","method":"generalize","cases":{"true":"'x'"},"otherValues":{"keep":true}}]} | Rule 1, path 'Patient.gender': OtherValues setting is invalid. It must be redact or keep.
            """)
    void tellsWhatIsWrong(String file, String message) {
        assertRefused(file.getBytes(UTF_8), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Patient.name | "generalize","cases":{"true":"'x'"} | Patient.name is a HumanName
            nodesByType('Period') | "generalize","cases":{"true":"'x'"} | Account.servicePeriod is a Period
            Observation.value | "substitute","replaceWith":"x" | Observation.value is a
            """)
    void tellsThatARuleIsForPrimitiveValues(String path, String method, String reason) {
        RuleFile rules = parse("{\"fhirPathRules\":[{\"path\":\"" + path + "\",\"method\":" + method + "}]}");

        assertThatThrownBy(rules::requireApplicable)
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining("Rule 1, path '" + path)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "configuration-sample",
                "common-config",
                "generalize-patient-config",
                "substitute-complex",
                "substitute-multiple",
                "substitute-multiple-2",
                "substitute-primitive",
                "configuration-skip-processing-error"
            })
    void appliesWhatMicrosoftApplies(String file) {
        RuleFile.parse(MicrosoftFiles.read("configurations/" + file + ".json")).requireApplicable();
    }

    private static RuleFile parse(String file) {
        return RuleFile.parse(file.getBytes(UTF_8));
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatThrownBy(() -> RuleFile.parse(file))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessage(message);
    }
}
