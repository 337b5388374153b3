package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.filter.SampleResources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ReferenceExtractorTest {
    private final ReferenceExtractor scan = new ReferenceExtractor("https://own/fhir"::equals);

    @Test
    void referencesAreFoundWhereverTheyAreAndAsOftenAsTheyAre() {
        assertThat(
                        references(
                                "{\"resourceType\":\"Encounter\",\"subject\":{\"reference\":\"Patient/1\"},\"participant\":["
                                        + "{\"individual\":{\"display\":\"x\",\"reference\":\"Practitioner/a.B-9/_history/3\"}}],"
                                        + "\"extension\":[{\"url\":\"u\",\"valueReference\":{\"reference\":\"https://own/fhir/Patient/1\"}}]}"))
                .containsExactly("Patient/1", "Practitioner/a.B-9", "Patient/1");
    }

    @ParameterizedTest
    @CsvSource({
        "#contained",
        "urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001",
        "Patient?identifier=1",
        "https://other/fhir/Patient/1",
        "Nothing/1",
        "''",
        "Zoë"
    })
    void whatIsNoLiteralReferenceToThisServerIsPassedOver(String text) {
        assertThat(references("{\"subject\":{\"reference\":\"" + text + "\"}}")).isEmpty();
    }

    @Test
    void aReferenceThatIsOnlyPartOfATextIsNone() {
        assertThat(references("{\"text\":\"\\\"reference\\\":\\\"Patient/1\\\"\",\"a\":{\"reference\":\"Patient/2\"}}"))
                .containsExactly("Patient/2");
        assertThat(references("{\"preference\":\"Patient/1\",\"references\":\"Patient/1\"}"))
                .isEmpty();
        assertThat(references("{\"reference\":{\"reference\":\"Patient/1\"}}")).containsExactly("Patient/1");
    }

    @Test
    void escapesHideNothing() {
        assertThat(references("{\"a\":{\"reference\":\"Patient\\/1\"},\"b\":{\"\\u0072eference\":\"Patient/2\"},"
                        + "\"c\":{\"reference\":\"\\u0050atient/3\"}}"))
                .containsExactly("Patient/1", "Patient/2", "Patient/3");
        assertThat(references("{\"a\":\"\\\\u\",\"b\":{\"reference\":\"Patient/1\"}}"))
                .containsExactly("Patient/1");
    }

    @Test
    void whiteSpaceBetweenTokensHidesNothing() {
        assertThat(references("{ \"a\" : { \"reference\"\n:\t\"Patient/1\" } , \"code\" : \"reference\" }"))
                .containsExactly("Patient/1");
    }

    @ParameterizedTest
    @CsvSource({
        "Patient/1, ",
        "Patient/1/_history/2, ",
        "https://own/fhir/Patient/1, ",
        "https://own/fhir/Patient/1/_history/2, ",
        "#contained, ",
        "#, ",
        "Patient?identifier=http://a|1, CONDITIONAL",
        "https://own/fhir/Patient?identifier=1, CONDITIONAL",
        "https://other/fhir/Patient?identifier=1, OTHER_SERVER",
        "urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001, URN",
        "urn:oid:1.2.3, URN",
        "https://other/fhir/Patient/1, OTHER_SERVER",
        "https://own/fhir/Patient/1/extra, OTHER_SERVER",
        "Nothing/1, MALFORMED",
        "Patient/Zoë, MALFORMED",
        "Patient/, MALFORMED",
        "Patient/1#part, MALFORMED",
        "'', MALFORMED",
    })
    void whatNamesNoResourceOfThisServerIsToldByItsKind(String text, @Nullable UnresolvedReference kind) {
        List<UnresolvedReference> kinds = new ArrayList<>();
        for (String json : List.of("{\"a\":{\"reference\":\"%s\"}}", "{\"x\":\"\\u0041\",\"reference\" : \"%s\"}")) {
            byte[] bytes = json.formatted(text).getBytes(UTF_8);
            scan.eachUnresolved(bytes, 0, bytes.length, (found, reference) -> {
                assertThat(reference).isEqualTo(text);
                kinds.add(found);
            });
        }

        assertThat(kinds).isEqualTo(kind == null ? List.of() : List.of(kind, kind));
    }

    @Test
    void onEveryResourceOfTheSampleItFindsWhatAParserFinds() throws IOException {
        int found = 0;
        for (ObjectNode resource : SampleResources.resources()) {
            List<String> expected = new ArrayList<>();
            collect(resource, expected);

            assertThat(references(resource.toString())).isEqualTo(expected);
            found += expected.size();
        }
        assertThat(found).isGreaterThan(1_000);
    }

    private static void collect(JsonNode node, List<String> found) {
        if (node.isArray()) {
            node.forEach(element -> collect(element, found));
        }
        node.properties().forEach(property -> {
            if (property.getKey().equals("reference") && property.getValue().isString()) {
                add(LiteralReference.parse(property.getValue().stringValue()), found);
            } else {
                collect(property.getValue(), found);
            }
        });
    }

    private static void add(@Nullable LiteralReference reference, List<String> found) {
        if (reference != null && reference.base().isEmpty()) {
            found.add(reference.type() + "/" + reference.id());
        }
    }

    private List<String> references(String json) {
        List<String> keys = new ArrayList<>();
        byte[] padded = ("x" + json + "y").getBytes(UTF_8); // the resource is part of a buffer
        scan.each(padded, 1, padded.length - 2, key -> keys.add(key.toString()));
        return keys;
    }
}
