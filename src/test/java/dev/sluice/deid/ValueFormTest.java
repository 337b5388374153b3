package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import java.time.LocalDate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are none of their types: those of resources that nobody checked, and those of rules. */
class ValueFormTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"active\":\"555-1212\"",
                "\"active\":5551212",
                "\"multipleBirthInteger\":\"123-45-6789\"",
                "\"multipleBirthInteger\":5551212.5",
                "\"multipleBirthInteger\":true",
                "\"birthDate\":\"555-1212\"",
                "\"birthDate\":\"123-45-6789\"",
                "\"deceasedDateTime\":\"2024-02-30\"",
                "\"gender\":\" Smith \"",
                "\"gender\":\"Ann  Smith\"",
                "\"gender\":12",
                "\"implicitRules\":\"Ann Smith\"",
                "\"implicitRules\":\"Ann\\u0020Smith\"",
                "\"contact\":[{\"name\":{\"family\":5551212}}]",
                "\"extension\":[{\"url\":\"a\",\"valueTime\":\"5551212\"}]",
                "\"extension\":[{\"url\":\"a\",\"valueUuid\":\"Smith\"}]",
                "\"extension\":[{\"url\":\"a\",\"valueQuantity\":{\"value\":\"Smith\"}}]"
            })
    void whatIsNoneOfItsTypeIsLeftOut(String member) {
        assertThat(apply("{\"path\":\"Patient\",\"method\":\"keep\"}", member))
                .doesNotContain("Smith", "555", "6789", "2024", "12", "true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"active\":false",
                "\"multipleBirthInteger\":-2",
                "\"birthDate\":\"1980-05-06\"",
                "\"deceasedDateTime\":\"2024-02-29T10:00:00.5+01:00\"",
                "\"gender\":\"fe\\u006dale\"",
                "\"gender\":\"known to be so\"",
                "\"implicitRules\":\"https://host/a?b=%20&c=[1]\"",
                "\"extension\":[{\"url\":\"a\",\"valueDecimal\":1.50e-3}]",
                "\"extension\":[{\"url\":\"a\",\"valueBase64Binary\":\"QQ==\"}]"
            })
    void whatIsOneOfItsTypeIsKept(String member) {
        assertThat(apply("{\"path\":\"Patient\",\"method\":\"keep\"}", member)).contains(member);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Patient.multipleBirth ~ "many\\n{}"                           ~ a number, without quotes
            Patient.multipleBirth ~ 1.5                                   ~ a whole number of 32 bits
            Patient.active        ~ ""                                    ~ true or false, without quotes
            Patient.name          ~ {"family":5}                          ~ an object with elements of HumanName
            Patient.name          ~ {"given":[]}                          ~ an object with elements of HumanName
            Patient.name          ~ {"family":null}                       ~ an object with elements of HumanName
            Patient.maritalStatus ~ {"coding":[{"userSelected":"true"}]}  ~ an object with elements of CodeableConcept
            """)
    void aReplacementHasTheTypeOfItsElement(String path, String replacement, String reason) {
        String rule = "{\"path\":\"" + path + "\",\"method\":\"substitute\",\"replaceWith\":" + replacement + "}";

        assertThatThrownBy(() -> apply(
                        rule,
                        "\"active\":true,\"multipleBirthInteger\":2,\"name\":[{\"family\":\"Smith\"}],"
                                + "\"maritalStatus\":{\"text\":\"a\"}"))
                .hasMessageContaining("replaceWith must be " + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Patient.multipleBirth ~ "3"                                  ~ "multipleBirthInteger":3
            Patient.active        ~ false                                ~ "active":false
            Patient.name          ~ {"family":"x","given":["y"]}         ~ "name":[{"family":"x","given":["y"]}]
            """)
    void aReplacementIsWritten(String path, String replacement, String written) {
        String rule = "{\"path\":\"" + path + "\",\"method\":\"substitute\",\"replaceWith\":" + replacement + "}";

        assertThat(apply(rule, "\"active\":true,\"multipleBirthInteger\":2,\"name\":[{\"family\":\"Smith\"}]"))
                .contains(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'high'", "'5 {}'", "''", "true"})
    void aGeneralNumberIsANumber(String value) {
        String rule =
                "{\"path\":\"Patient.multipleBirth\",\"method\":\"generalize\",\"cases\":{\"true\":\"" + value + "\"}}";

        assertThatThrownBy(() -> apply(rule, "\"multipleBirthInteger\":2"))
                .isInstanceOfSatisfying(
                        DeidentificationException.class,
                        e -> assertThat(e.isProcessing()).isTrue())
                .hasMessageContaining("the value of a case must be a number, without quotes");
    }

    /** The members, by a rule; fails if the result is no JSON. */
    private static String apply(String rule, String members) {
        byte[] file = ("{\"fhirPathRules\":[" + rule + "]}").getBytes(UTF_8);
        byte[] patient = ("{\"resourceType\":\"Patient\"," + members + "}").getBytes(UTF_8);
        Deidentifier deidentifier = Deidentifier.of(RuleFile.parse(file), DeidKeys.random(), LocalDate.of(2026, 6, 1));
        String result = UTF_8.decode(deidentifier.apply(patient, 0, patient.length, new RuleCounts()))
                .toString();
        assertThat(FhirJson.MAPPER.readTree(result).isObject()).isTrue();
        return result;
    }
}
