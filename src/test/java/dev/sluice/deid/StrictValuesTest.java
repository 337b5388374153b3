package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a preset keeps has the form that such values have. */
class StrictValuesTest {
    private static final String REFERENCE = "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":"
            + "\"https://members.example/john.smith/mrn/Patient/1/_history/19440506\"}}";

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Condition ~ "onsetAge":{"value":89,"comparator":">","code":"a"} ~ 89
            Condition ~ "onsetAge":{"value":9.7,"code":"10.a"} ~ 9.7
            Condition ~ "onsetAge":{"value":9.7,"unit":"decades"} ~ 9.7
            Condition ~ "onsetAge":{"value":1164,"code":"mo"} ~ 1164
            Observation ~ "valueInteger":97 ~ 97
            Observation ~ "component":[{"valueInteger":97}] ~ 97
            Observation ~ "valueQuantity":{"value":97} ~ 97
            Observation ~ "valueQuantity":{"value":97,"code":"a"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"\\u0063ode":"a"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"code":"a_j"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"code":"ann"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"unit":"Years"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"unit":"year"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"unit":"yrs."} ~ 97
            Observation ~ "valueQuantity":{"value":97,"unit":"years old"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"unit":"y/o"} ~ 97
            Observation ~ "valueQuantity":{"value":97,"unit":"Jahre","code":"x"} ~ 97
            Observation ~ "valueQuantity":{"value":9.7,"code":"10.a"} ~ 9.7
            Observation ~ "valueQuantity":{"value":9.7,"unit":"decades"} ~ 9.7
            Observation ~ "valueQuantity":{"value":1164,"code":"mo"} ~ 1164
            Observation ~ "valueQuantity":{"value":5044,"code":"wk"} ~ 5044
            Observation ~ "valueQuantity":{"value":35405,"code":"d"} ~ 35405
            Observation ~ "valueQuantity":{"value":89,"code":"a","comparator":">"} ~ 89
            Observation ~ "valueRange":{"low":{"value":95,"code":"a"}} ~ 95
            Observation ~ "valueQuantity":{"value":5,"unit":"mg, told to John","code":"mg"} ~ John
            Observation ~ "subject":{"reference":"Patient/1","type":"John Smith"} ~ John
            Observation ~ "code":{"coding":[{"system":"https://h/codes?patient=john.smith"}]} ~ john
            Observation ~ "meta":{"security":[{"system":"http://john.smith/1","code":"John"}]} ~ ohn
            Observation ~ "meta":{"profile":["http://x/y#john smith"]} ~ john
            QuestionnaireResponse ~ "questionnaire":"http://h/Questionnaire/1?patient=john" ~ john
            QuestionnaireResponse ~ "item":[{"linkId":"John Smith"}] ~ John
            QuestionnaireResponse ~ "item":[{"linkId":"1","answer":[{"valueCoding":{"code":"02138"}}]}] ~ 02138
            Patient ~ "address":[{"state":"12 Elm St, Keene NH 03601"}] ~ Elm
            Patient ~ "address":[{"country":"Keene"}] ~ Keene
            Patient ~ "address":[{"country":"US","postalCode":"John Smith, 12 Elm St, Keene"}] ~ Elm
            Patient ~ "address":[{"country":"US","postalCode":"3601"}] ~ 360
            Patient ~ "address":[{"country":"US","postalCode":"NH03601"}] ~ NH
            Binary ~ "contentType":"text/plain; name=john_smith.txt" ~ john
            Claim ~ "item":[{"locationCodeableConcept":{"coding":[{"code":"03601"}]}}] ~ 03601
            ServiceRequest ~ "locationCode":[{"coding":[{"code":"03601"}]}] ~ 03601
            """)
    void safeHarborRemoves(String type, String members, String removed) {
        String resource = "{\"resourceType\":\"" + type + "\"," + members + "}";

        assertThat(resource).contains(removed);
        assertThat(apply(Preset.SAFE_HARBOR, resource)).doesNotContain(removed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Condition ~ "onsetAge":{"value":63,"unit":"a","code":"a"}
            Condition ~ "onsetAge":{"value":18,"code":"mo"}
            Observation ~ "valueInteger":15
            Observation ~ "valueQuantity":{"value":63,"unit":"a","code":"a"}
            Observation ~ "valueQuantity":{"value":1.00E2,"code":"mg/dL"}
            Observation ~ "valueQuantity":{"value":97,"unit":"A","code":"A"}
            Observation ~ "valueQuantity":{"value":120,"code":"mm[Hg]"}
            Observation ~ "valueQuantity":{"value":120,"code":"{steps}/d"}
            Observation ~ "valueQuantity":{"value":900,"code":"d"}
            Observation ~ "valueQuantity":{"value":120,"comparator":">","code":"mg"}
            Observation ~ "subject":{"type":"Patient"}
            Observation ~ "code":{"coding":[{"system":"http://loinc.org","code":"1-8"}]}
            Observation ~ "code":{"coding":[{"system":"urn:oid:1.2.3","code":"1-8"}]}
            QuestionnaireResponse ~ "questionnaire":"http://h/Questionnaire/1|1.0"
            QuestionnaireResponse ~ "item":[{"linkId":"/1.2-a"}]
            Patient ~ "address":[{"state":"NH","country":"US"}]
            Patient ~ "address":[{"state":"New Hampshire","country":"USA"}]
            Binary ~ "contentType":"application/fhir+json"
            """)
    void safeHarborKeeps(String type, String members) {
        assertThat(apply(Preset.SAFE_HARBOR, "{\"resourceType\":\"" + type + "\"," + members + "}"))
                .contains(members);
    }

    @Test
    void escapedTextsAreTexts() {
        assertThat(apply(
                        Preset.SAFE_HARBOR,
                        "{\"resourceType\":\"Observation\",\"code\":{\"coding\":[{\"system\":\"http:\\/\\/loinc.org\"}]},"
                                + "\"valueQuantity\":{\"unit\":\"m\\u0067\",\"code\":\"mg\"}}"))
                .contains("loinc.org", "\"unit\"");
        assertThat(apply(
                        Preset.SAFE_HARBOR,
                        "{\"resourceType\":\"Patient\",\"meta\":{\"profile\":[\"http://x/y\\u003fjohn\"]}}"))
                .doesNotContain("john");
    }

    /** The value of a rule of another method remains as in Microsoft's tool, however large it is. */
    @Test
    void aLargeTextIsNotUsual() {
        String unit = "mg".repeat(3_000_000);

        assertThat(apply(
                        Preset.SAFE_HARBOR,
                        "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":5,\"unit\":\"" + unit
                                + "\",\"code\":\"" + unit + "\"}}"))
                .doesNotContain("unit", "value\"");
        assertThat(apply(
                        RuleFile.parse("{\"fhirPathRules\":[{\"path\":\"Observation.value\",\"method\":\"dateShift\"}]}"
                                .getBytes(UTF_8)),
                        "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"unit\":\"" + unit + "\"}}"))
                .contains(unit);
    }

    @Test
    void labelsOfHl7Remain() {
        String label = "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"R\"}";

        assertThat(apply(
                        Preset.SAFE_HARBOR,
                        "{\"resourceType\":\"Patient\",\"meta\":{\"security\":[" + label + "]},\"active\":true}"))
                .contains(label);
    }

    @ParameterizedTest
    @EnumSource(names = {"SAFE_HARBOR", "KEEP_STRUCTURE"})
    void aPostalCodeKeepsItsArea(Preset preset) {
        assertThat(
                        apply(
                                preset,
                                "{\"resourceType\":\"Patient\",\"address\":[{\"country\":\"US\",\"postalCode\":\" 98052-1830\"}]}"))
                .contains("\"98000-0000\"");
        assertThat(apply(preset, "{\"resourceType\":\"Patient\",\"address\":[{\"postalCode\":\"98052\"}]}"))
                .doesNotContain("98");
    }

    @ParameterizedTest
    @ValueSource(strings = {"98052", "98052-1830", "SW1A 1AA"})
    void aLimitedDataSetKeepsPostalCodes(String code) {
        String address = "{\"resourceType\":\"Patient\",\"address\":[{\"postalCode\":\"%s\"}]}";

        assertThat(apply(Preset.LIMITED_DATA_SET, address.formatted(code))).contains(code);
        assertThat(apply(Preset.LIMITED_DATA_SET, address.formatted("Elm Street")))
                .doesNotContain("Elm");
    }

    @ParameterizedTest
    @EnumSource
    void aReferenceHasNoBaseAndNoVersion(Preset preset) {
        assertThat(apply(preset, REFERENCE)).containsPattern("\"reference\":\"Patient/[0-9a-f]{64}\"");
    }

    /** As Microsoft's tool does. */
    @Test
    void withoutTheParametersTheyRemain() {
        String rules =
                "{\"fhirPathRules\":[{\"path\":\"nodesByType('Reference').reference\",\"method\":\"cryptoHash\"},"
                        + "{\"path\":\"nodesByType('Quantity').value\",\"method\":\"keep\"}]}";

        assertThat(apply(RuleFile.parse(rules.getBytes(UTF_8)), REFERENCE))
                .containsPattern("\"https://members.example/john.smith/mrn/Patient/[0-9a-f]{64}/_history/19440506\"");
        assertThat(apply(
                        RuleFile.parse(rules.getBytes(UTF_8)),
                        "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":97,\"code\":\"a\"}}"))
                .contains("97");
    }

    private static String apply(Preset preset, String resource) {
        return apply(RuleFile.parse(preset.file()), resource);
    }

    private static String apply(RuleFile rules, String resource) {
        byte[] stored = resource.getBytes(UTF_8);
        return UTF_8.decode(Deidentifier.of(rules, DeidKeys.random(), LocalDate.of(2026, 11, 29))
                        .apply(stored, 0, stored.length, new RuleCounts()))
                .toString();
    }
}
