package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.filter.Examples;
import dev.sluice.ingest.IngestSettings.Validation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import tools.jackson.databind.node.ObjectNode;

class StructureValidatorTest {
    private final StructureValidator validator = new StructureValidator(new IngestSettings(null));

    @Test
    void theExamplesOfHl7AreTaken() throws IOException {
        Map<String, List<String>> refused = new TreeMap<>();
        for (ObjectNode example : Examples.resources()) {
            List<Issue> faults = validator.faults(ResourceJson.parse(FhirJson.MAPPER.writeValueAsBytes(example)));
            if (!faults.isEmpty()) {
                refused.put(
                        example.path("resourceType").asString("") + "/"
                                + example.path("id").asString(""),
                        faults.stream().map(Issue::diagnostics).toList());
            }
        }

        assertThat(refused).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvFileSource(resources = "/ingest/structure.csv", delimiter = '~', quoteCharacter = '`')
    void anElementIsTakenOrToldWithItsPath(String type, String members, String fault) {
        List<String> faults = faults("{\"resourceType\":\"" + type + "\"," + members.replace('\'', '"') + "}");

        if (fault.equals("taken")) {
            assertThat(faults).isEmpty();
        } else {
            assertThat(faults).singleElement().asString().contains(fault);
        }
    }

    @Test
    void theSettingDecidesWhereTheWayInDoesNot() {
        ResourceJson sloppy = ResourceJson.parse("{\"resourceType\":\"Patient\",\"active\":1}".getBytes(UTF_8));

        for (boolean byDefault : List.of(true, false)) {
            assertThat(refuses(null, sloppy, byDefault)).isEqualTo(byDefault);
            assertThat(refuses(Validation.NONE, sloppy, byDefault)).isFalse();
            assertThat(refuses(Validation.STRUCTURE, sloppy, byDefault)).isTrue();
        }
    }

    private static boolean refuses(@Nullable Validation setting, ResourceJson json, boolean byDefault) {
        try {
            new StructureValidator(new IngestSettings(setting)).check(json, byDefault);
            return false;
        } catch (FhirException e) {
            return true;
        }
    }

    @Test
    void aNarrativeIsOneDivOfXhtml() {
        String xhtml = "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"";

        assertThat(narrative(xhtml + "><p>a&nbsp;b &amp; &#160;<br/></p></div>"))
                .isEmpty();
        assertThat(narrative("\\n" + xhtml + "><img src=\\\"#a\\\"/></div> ")).isEmpty();
        for (String wrong : List.of(
                xhtml + "> </div>",
                xhtml + "/>",
                xhtml + ">a<br></div>",
                xhtml + ">a</div><div/>",
                xhtml + ">a</div>text",
                xhtml + ">a & b</div>",
                "<div>no namespace</div>",
                "<p xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a</p>",
                "<!DOCTYPE div [<!ENTITY x SYSTEM \\\"file:///etc/passwd\\\">]>" + xhtml + ">&x;</div>")) {
            assertThat(narrative(wrong)).as(wrong).singleElement().asString().contains("Patient.text.div");
        }
    }

    private List<String> narrative(String div) {
        return faults("{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"" + div + "\"}}");
    }

    @Test
    void aPropertyWithAnEmptyNameIsTold() {
        assertThat(faults("{\"resourceType\":\"Patient\",\"maritalStatus\":{\"\":1}}"))
                .containsExactly("Patient.maritalStatus has a property with an empty name, which is no element of R4.");
    }

    @Test
    void deepNestingIsToldLikeAnyOther() {
        assertThat(faults("{\"resourceType\":\"Patient\",\"active\":" + "[".repeat(490) + "]".repeat(490) + "}"))
                .containsExactly("Patient.active is an array, but it must be a single value.");
        assertThat(faults(
                        "{\"resourceType\":\"Patient\",\"language\":" + "{\"a\":".repeat(490) + "1" + "}".repeat(491)))
                .containsExactly("Patient.language is an object, but it must be a string, in double quotes.");
        assertThat(faults("{\"resourceType\":\"Basic\"" + ",\"extension\":[{\"url\":\"a\"".repeat(240)
                        + "}]".repeat(240) + "}"))
                .singleElement()
                .asString()
                .startsWith("Basic.extension[0].extension[0]")
                .endsWith(".extension[0] is nested deeper than 200 elements.");
        assertThat(faults("{\"resourceType\":\"Basic\"" + ",\"extension\":[{\"url\":\"a\"".repeat(150)
                        + "}]".repeat(150) + "}"))
                .singleElement()
                .asString()
                .endsWith(".extension[0] must have a value or extensions, and has neither.");
    }

    @Test
    void allFaultsAreToldUpToABound() {
        String many = IntStream.range(0, 60).mapToObj(n -> "\"x" + n + "\":1").collect(Collectors.joining(","));

        assertThat(faults("{\"resourceType\":\"Patient\",\"active\":\"true\",\"gender\":\"m\",\"name\":{}}"))
                .hasSize(3);
        assertThat(faults("{\"resourceType\":\"Patient\"," + many + "}"))
                .hasSize(51)
                .endsWith("There are more faults than these 50.");
    }

    private List<String> faults(String json) {
        return validator.faults(ResourceJson.parse(json.getBytes(UTF_8))).stream()
                .map(Issue::diagnostics)
                .toList();
    }
}
