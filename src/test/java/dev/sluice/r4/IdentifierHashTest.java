package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class IdentifierHashTest {
    private static final String SYSTEM = "http://hospital.example/mrn";

    /** From sha256sum, for rows that are stored must be found by every later version. */
    @Test
    void theNumbersNeverChange() {
        assertThat(IdentifierHash.identifier(SYSTEM, "12345")).isEqualTo(0x79464d5362784800L);
        assertThat(IdentifierHash.identifier(null, "12345")).isEqualTo(0xd1c3142b51a13886L);
        assertThat(IdentifierHash.identifier("", "12345")).isEqualTo(0xdf94c2799b519dbfL);
        assertThat(IdentifierHash.identifier("a|b", "c\\d")).isEqualTo(0xb34b7794f4ffd26bL);
    }

    @Test
    void anIdentifierIsFoundWithItsSystemAndWithoutAsking() {
        assertThat(of("Patient", "{'identifier':[{'system':'" + SYSTEM + "','value':'12345'}]}"))
                .containsExactlyInAnyOrder(
                        IdentifierHash.identifier(SYSTEM, "12345"), IdentifierHash.identifier(null, "12345"));
    }

    @Test
    void anIdentifierWithoutASystemIsFoundByThePipeForm() {
        assertThat(of("Patient", "{'identifier':[{'value':'12345'}]}"))
                .containsExactlyInAnyOrder(
                        IdentifierHash.identifier("", "12345"), IdentifierHash.identifier(null, "12345"));
    }

    @Test
    void theNumbersAreInOrderAndEachOnce() {
        long[] numbers = of("Patient", "{'identifier':[{'value':'b'},{'value':'a'},{'value':'b'}]}");

        assertThat(numbers).hasSize(4).isSorted();
    }

    @Test
    void whatIsNoIdentifierGivesNothing() {
        assertThat(of("Patient", "{}")).isEmpty();
        assertThat(of("Patient", "{'identifier':[null,7,'a',{'system':'s'},{'value':7}]}"))
                .isEmpty();
        assertThat(of("Patient", "{'identifier':'12345'}")).isEmpty();
    }

    @Test
    void aSingleIdentifierAndAMasterIdentifierCountToo() {
        long expected = IdentifierHash.identifier(null, "12345");

        assertThat(of("Bundle", "{'identifier':{'value':'12345'}}")).contains(expected);
        assertThat(of("DocumentReference", "{'masterIdentifier':{'value':'12345'}}"))
                .contains(expected);
    }

    /** So that an index of these numbers answers each conditional reference by identifier. */
    @Test
    void theFieldsReadAreThoseOfTheIdentifierParameter() {
        Set<String> elsewhere = new TreeSet<>();
        SearchParameters parameters = new SearchParameters();
        for (ResourceType type : ResourceType.all()) {
            parameters
                    .find(type, "identifier")
                    .ifPresent(parameter -> parameter.paths().forEach(path -> {
                        ElementPath.Fields fields = (ElementPath.Fields) path;
                        String text = "{'" + fields.steps().get(0).field() + "':{'value':'12345'}}";
                        if (fields.steps().size() > 1 || of(type.name(), text).length == 0) {
                            elsewhere.add(parameter + " " + fields.steps());
                        }
                    }));
        }
        assertThat(elsewhere).isEmpty();
    }

    private static long[] of(String type, String resource) {
        ObjectNode json = FhirJson.parseObject(resource.replace('\'', '"').getBytes(UTF_8));
        return IdentifierHash.of(ResourceType.of(type), json);
    }
}
