package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class DeidentifierTest {
    private static final String PATIENT = """
            {"resourceType":"Patient","id":"a","active":true,"multipleBirthInteger":2,"birthDate":"1980-05-06",
             "_birthDate":{"id":"x","extension":[{"url":"http://u/1","valueString":"secret"}]},
             "name":[{"use":"official","family":"Smith","given":["Ann","Bea"],
                      "_given":[null,{"extension":[{"url":"http://u/2","valueString":"hidden"}]}]},
                     {"use":"nickname","family":"Sam"}],
             "extension":[{"url":"http://u/a","valueString":"uno"},{"url":"http://u/b","valueAddress":{"city":"Rome"}}],
             "contact":[{"name":{"family":"Jones"}}],
             "contained":[{"resourceType":"Organization","id":"o","name":"Clinic","address":[{"city":"Bern"}]}]}
            """;

    private final RuleCounts counts = new RuleCounts();

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Patient.name.family                             ~ Smith Sam
            Patient.name.where(use='official').family       ~ Smith
            Patient.name.where(use = 'official' or use = 'usual').family ~ Smith
            Patient.name.where(given.exists()).family       ~ Smith
            Patient.name.first().family                     ~ Smith
            Patient.name[1].family                          ~ Sam
            (Patient.name | Patient.contact.name).family    ~ Smith Sam Jones
            Patient.nodesByType('HumanName').family         ~ Smith Sam Jones
            nodesByType('HumanName').where(use='nickname').family ~ Sam
            nodesByName('family')                           ~ Smith Sam Jones
            nodesByName("family")                           ~ Smith Sam Jones
            Patient.descendants().where($this is HumanName).family ~ Smith Sam Jones
            Patient.name.given                              ~ Ann Bea hidden
            Patient.name.given.extension                    ~ hidden
            Patient.name.given.where(extension.exists())    ~ Bea hidden
            Patient.name.given.first()                      ~ Ann
            nodesByType('Address').city                     ~ Rome Bern
            Patient.nodesByType('Address').city             ~ Rome
            Patient.extension.value as Address              ~ Rome
            Patient.extension.value.ofType(Address)         ~ Rome
            (Patient.extension.value as Address).city       ~ Rome
            Patient.extension('http://u/a')                 ~ uno
            Patient.extension.where(url='http://u/a').value ~ uno
            Patient.extension.where(url.startsWith('http://u/b')).value.city ~ Rome
            Patient.birthDate                               ~ 1980-05-06 secret
            Patient.birthDate.extension.value               ~ secret
            Organization.name                               ~ Clinic
            Patient.contained.name                          ~ Clinic
            nodesByType('Organization')                     ~ Clinic Bern
            nodesByName('contained')                        ~ Clinic Bern
            Patient.multipleBirth                           ~ Integer":2
            Patient.multipleBirth as integer                ~ Integer":2
            Patient.multipleBirth as boolean                ~ ``
            Patient.id                                      ~ "id":"a"
            Patient.where(id='a').id                        ~ "id":"a"
            Patient.contact.children().children()           ~ Jones
            Patient.contained.where(id='o').name            ~ Clinic
            Patient.contained.where(id='p').name            ~ ``
            Observation.value                               ~ ``
            """)
    void aPathSelectsElements(String path, String selected) {
        String all = minified(PATIENT);
        String rest = apply("{\"path\":\"" + path.replace("\"", "\\\"") + "\",\"method\":\"remove\"}", PATIENT);

        for (String text : List.of(
                "Smith",
                "Sam",
                "Jones",
                "Ann",
                "Bea",
                "hidden",
                "uno",
                "Rome",
                "secret",
                "1980-05-06",
                "Clinic",
                "Bern",
                "Integer\":2",
                "\"id\":\"a\"")) {
            boolean removed = (" " + selected + " ").contains(" " + text + " ");
            assertThat(all).contains(text);
            assertThat(rest.contains(text)).as(text + " remains").isEqualTo(!removed);
        }
    }

    @Test
    void theFirstRuleThatSelectsAnElementDecides() {
        String rules = """
                {"path":"Patient.name.family","method":"keep"},{"path":"Patient.name","method":"remove"},
                {"path":"nodesByName('given')","method":"keep"}
                """;

        assertThat(apply(rules, PATIENT)).contains("\"name\":[{\"family\":\"Smith\"},{\"family\":\"Sam\"}]");
        assertThat(counts.byRule()).isEqualTo(Map.of(2, 6L));
    }

    @Test
    void pairsOfArraysStayPairs() {
        assertThat(apply("{\"path\":\"Patient.name.given.where($this='Ann')\",\"method\":\"remove\"}", PATIENT))
                .contains("\"given\":[\"Bea\"],\"_given\":[{\"extension\"");
        assertThat(apply("{\"path\":\"Patient.name.given.where($this='Bea')\",\"method\":\"remove\"}", PATIENT))
                .contains("\"given\":[\"Ann\"]")
                .doesNotContain("_given");
        assertThat(apply("{\"path\":\"Patient.name.given.extension.url\",\"method\":\"remove\"}", PATIENT))
                .contains(
                        "\"given\":[\"Ann\",\"Bea\"],\"_given\":[null,{\"extension\":[{\"valueString\":\"hidden\"}]}]");
    }

    @Test
    void numbersAndTextsKeepTheirSpelling() {
        String observation = """
                {"resourceType":"Observation","id":"1","valueQuantity":{"value":1.00E-3,"unit":"\\u00b5g \\/ l \\"x\\""},
                "component":[{"valueQuantity":{"value":-0.0}}],"status":"final"}
                """;

        assertThat(apply("{\"path\":\"Observation.status\",\"method\":\"remove\"}", observation))
                .contains("{\"value\":1.00E-3,\"unit\":\"\\u00b5g \\/ l \\\"x\\\"\"}", "{\"value\":-0.0}");
    }

    @Test
    void whatR4DoesNotDefineIsLeftOut() {
        String patient = """
                {"resourceType":"Patient","marker1":"x","name":["marker2",{"family":{"a":"marker3"},"given":"Ann"}],
                 "birthDate":["marker4"],"gender":["male"],"fhir_comments":["marker5"],"_name":{"id":"marker6"},
                 "n\\u0061me2":"marker7","contained":[{"id":"marker8"},"marker9"],"active":true,"_id":{"id":"markerA"}}
                """;

        assertThat(apply("{\"path\":\"Patient.text\",\"method\":\"keep\"}", patient))
                .doesNotContain("marker")
                .contains("\"active\":true", "\"given\":[\"Ann\"]", "REDACTED");
        assertThat(counts.byRule()).containsOnlyKeys(RuleCounts.NOT_R4);
    }

    @Test
    void escapedNamesAreNames() {
        assertThat(apply(
                        "{\"path\":\"Patient.birthDate\",\"method\":\"remove\"}",
                        "{\"resource\\u0054ype\":\"Patient\",\"birth\\u0044ate\":\"1980\",\"id\":\"a\"}"))
                .doesNotContain("1980");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodesByType('HumanName').where(use='official')",
                "Patient.name.where(use.exists())",
                "Patient.name.where(use='official' or use='usual')"
            })
    void conditionsKnowEscapedNames(String path) {
        assertThat(apply(
                        "{\"path\":\"" + path + "\",\"method\":\"redact\"}",
                        "{\"resourceType\":\"Patient\",\"name\":[{\"\\u0075se\":\"official\",\"family\":\"Smith\"}]}"))
                .doesNotContain("Smith");
    }

    @Test
    void anEscapedMetaGetsLabels() {
        assertThat(
                        apply(
                                "{\"path\":\"Patient.birthDate\",\"method\":\"redact\"}",
                                "{\"resourceType\":\"Patient\",\"\\u006deta\":{\"versionId\":\"1\"},\"birthDate\":\"1980-05-06\"}"))
                .startsWith("{\"resourceType\":\"Patient\",\"\\u006deta\":{\"versionId\":\"1\",\"security\":[{");
    }

    @Test
    void aResourceThatHadNoMetaGetsOne() {
        assertThat(apply(
                        "{\"path\":\"Patient.birthDate\",\"method\":\"remove\"}",
                        "{\"resourceType\":\"Patient\",\"birthDate\":\"1980\"}"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"meta\":{\"security\":[{\"system\":"
                        + "\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"REDACTED\","
                        + "\"display\":\"redacted\"}]}}");
    }

    @Test
    void aLabelIsAddedOnce() {
        String labelled = """
                {"resourceType":"Patient","birthDate":"1980","meta":{"security":[{"code":"REDACTED"}],"source":"x"}}
                """;

        assertThat(apply("{\"path\":\"Patient.birthDate\",\"method\":\"remove\"}", labelled))
                .isEqualTo(
                        "{\"resourceType\":\"Patient\",\"meta\":{\"security\":[{\"code\":\"REDACTED\"}],\"source\":\"x\"}}");
    }

    @Test
    void theIdOfADeletedResourceIsThatOfTheOutput() {
        Deidentifier hashing = deidentifier("{\"path\":\"Resource.id\",\"method\":\"cryptoHash\"}");

        assertThat(hashing.id(ResourceType.PATIENT, "example"))
                .isEqualTo("698d54f0494528a759f19c8e87a9f99e75a5881b9267ee3926bcf62c992d84ba");
        assertThat(deidentifier("{\"path\":\"Patient.id\",\"method\":\"redact\"}")
                        .id(ResourceType.PATIENT, "a"))
                .isNull();
        assertThat(deidentifier("{\"path\":\"Group.id\",\"method\":\"redact\"}").id(ResourceType.PATIENT, "a"))
                .isEqualTo("a");
    }

    @Test
    void theDatesOfAPatientAreShiftedAlike() {
        String rules = "{\"path\":\"nodesByType('date')\",\"method\":\"dateShift\"},"
                + "{\"path\":\"nodesByType('dateTime')\",\"method\":\"dateShift\"}";
        String patient = "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"2020-05-06\"}";
        String condition = "{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":"
                + "\"https://host/fhir/Patient/p\"},\"onsetDateTime\":\"2020-05-06\"}";
        String bundle = "{\"resourceType\":\"Bundle\",\"id\":\"b\",\"entry\":[{\"resource\":" + condition + "}]}";
        Deidentifier shifting = deidentifier(rules, "\"dateShiftScope\":\"patient\",\"preserve\":\"weekday\"");
        String shifted = date(apply(shifting, patient));

        assertThat(LocalDate.parse(shifted).getDayOfWeek())
                .isEqualTo(LocalDate.of(2020, 5, 6).getDayOfWeek());
        assertThat(shifted).isNotEqualTo("2020-05-06");
        assertThat(date(apply(shifting, condition))).isEqualTo(shifted);
        assertThat(date(apply(shifting, bundle))).isEqualTo(shifted);
    }

    private static String date(String json) {
        Matcher date = Pattern.compile("20\\d\\d-\\d\\d-\\d\\d").matcher(json);
        assertThat(date.find()).isTrue();
        return date.group();
    }

    @Test
    void aFaultSaysNothingOfTheResource() {
        String rule = "{\"path\":\"Patient.name.family\",\"method\":\"generalize\",\"cases\":{\"$this > 3\":\"'x'\"}}";

        assertThatThrownBy(() -> apply(rule, PATIENT))
                .isInstanceOf(DeidentificationException.class)
                .hasMessage("A resource cannot be de-identified by rule 1, path 'Patient.name.family': the FHIRPath"
                        + " expression cannot be evaluated for it")
                .hasNoCause();
    }

    @Test
    void generalizeIsForPrimitiveValues() {
        String rule = "{\"path\":\"Patient.name\",\"method\":\"generalize\",\"cases\":{\"true\":\"'x'\"}}";

        assertThatThrownBy(() -> apply(rule, PATIENT)).hasMessageContaining("not for a HumanName");
    }

    private String apply(String rules, String resource) {
        return apply(deidentifier(rules), resource);
    }

    private String apply(Deidentifier deidentifier, String resource) {
        byte[] stored = minified(resource).getBytes(UTF_8);
        ByteBuffer result = deidentifier.apply(stored, 0, stored.length, counts);
        String text = UTF_8.decode(result).toString();
        assertThat(FhirJson.MAPPER.readTree(text)).isInstanceOf(ObjectNode.class);
        return text;
    }

    private static String minified(String json) {
        return json.replaceAll("\\n *", "");
    }

    private static Deidentifier deidentifier(String rules) {
        return deidentifier(rules, "");
    }

    private static Deidentifier deidentifier(String rules, String parameters) {
        byte[] key = "123".getBytes(UTF_8);
        DeidKeys keys = new DeidKeys(key, key, "0123456789abcdef".getBytes(UTF_8), key, true);
        String file = "{\"fhirPathRules\":[" + rules + "],\"parameters\":{" + parameters + "}}";
        return Deidentifier.of(RuleFile.parse(file.getBytes(UTF_8)), keys, LocalDate.of(2026, 6, 1));
    }
}
