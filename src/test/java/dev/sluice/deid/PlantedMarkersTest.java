package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.Examples;
import dev.sluice.r4.IdentifyingElements;
import dev.sluice.r4.IdentifyingElements.Kind;
import dev.sluice.r4.StructureCheck;
import dev.sluice.r4.StructureModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** No value that can hold an identifier, be it where it may, is found in the output of a preset. */
class PlantedMarkersTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

    /** What a limited data set may hold. */
    private static final Set<String> LIMITED = Set.of("Address.city", "Address.postalCode", "Meta.lastUpdated");

    private static final Set<String> STRUCTURE = Set.of("Identifier.system", "Meta.versionId");

    private final StructureModel model = new StructureModel();

    @ParameterizedTest
    @EnumSource
    void noneIsLeft(Preset preset) {
        Deidentifier rules = deidentifier(preset);
        List<String> left = new ArrayList<>();
        long planted = 0;
        for (ResourceType type : ResourceType.all()) {
            PlantedResource resources =
                    new PlantedResource(new Random(type.name().hashCode()));
            ObjectNode resource = resources.of(type);
            String output = apply(rules, resource);
            Set<String> tokens = Planted.tokens(output).collect(Collectors.toSet());
            for (Planted marker : resources.planted()) {
                if (!mayRemain(preset, marker)) {
                    planted++;
                    if (tokens.contains(marker.marker())) {
                        left.add(marker.toString());
                    }
                }
            }
            assertThat(FhirJson.parseObject(output.getBytes(UTF_8))
                            .path("resourceType")
                            .asString())
                    .isEqualTo(type.name());
        }

        System.out.printf("%s: %d of %d planted markers are left.%n", preset.text(), left.size(), planted);
        assertThat(left).isEmpty();
        assertThat(planted).isGreaterThan(200_000);
    }

    /** Otherwise the test above would look for values that no store holds. */
    @Test
    void markersAreInResourcesOfR4() {
        for (ResourceType type : ResourceType.all().subList(0, 20)) {
            StructureCheck check = new StructureCheck(model, 10);
            check.resource(type, new PlantedResource(new Random(type.name().hashCode())).of(type));
            assertThat(check.faults())
                    .as(type.name())
                    .allMatch(fault -> fault.diagnostics().contains(" is no element of R4"));
        }
    }

    /** No rule can mean a name that R4 does not have; a store that does not check its resources may hold some. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"MKq0000001q\":1",
                "\"nickname\":\"MKq0000001q\"",
                "\"nickname\":{\"a\":[\"MKq0000001q\"]}",
                "\"name\":[{\"nick\":\"MKq0000001q\",\"use\":\"usual\"}]",
                "\"n\\u0061me\":[{\"family\":\"MKq0000001q\"}]",
                "\"birthDate\":\"MKq0000001q\"",
                "\"birthDate\":{\"a\":\"MKq0000001q\"}",
                "\"birthDate\":[\"MKq0000001q\"]",
                "\"_birthDate\":\"MKq0000001q\"",
                "\"_birthDate\":[{\"id\":\"MKq0000001q\"}]",
                "\"_name\":[{\"id\":\"MKq0000001q\"}]",
                "\"name\":\"MKq0000001q\"",
                "\"name\":[[{\"family\":\"MKq0000001q\"}]]",
                "\"name\":[{\"family\":[\"MKq0000001q\"]}]",
                "\"name\":[{\"family\":\"a\",\"family\":\"MKq0000001q\"}]",
                "\"contained\":[{\"resourceType\":\"Animal\",\"name\":\"MKq0000001q\"}]",
                "\"contained\":[{\"name\":\"MKq0000001q\"}]",
                "\"contained\":{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"MKq0000001q\"}]}",
                "\"contained\":\"MKq0000001q\"",
                "\"active\":\"MKq0000001q\"",
                "\"gender\":{\"a\":\"MKq0000001q\"}",
                "\"multipleBirthInteger\":\"MKq0000001q\"",
                "\"resourceType\":\"MKq0000001q\""
            })
    void noneIsLeftOfWhatR4DoesNotHave(String member) {
        for (Preset preset : Preset.values()) {
            byte[] stored = ("{\"resourceType\":\"Patient\",\"id\":\"a\"," + member + "}").getBytes(UTF_8);
            String output;
            try {
                output = UTF_8.decode(deidentifier(preset).apply(stored, 0, stored.length, new RuleCounts()))
                        .toString();
            } catch (DeidentificationException e) {
                output = e.getMessage();
            }
            assertThat(output).as(preset.text()).doesNotContain("MKq");
        }
    }

    /** The same, with a marker in each text of HL7's examples. */
    @ParameterizedTest
    @EnumSource(names = {"SAFE_HARBOR", "LIMITED_DATA_SET"})
    void noneOfTheExamplesIsLeft(Preset preset) throws IOException {
        Deidentifier rules = deidentifier(preset);
        int[] planted = {0};
        List<String> left = new ArrayList<>();
        for (ObjectNode example : Examples.resources()) {
            plant(example, planted);
            String output = apply(rules, example);
            Planted.tokens(output)
                    .filter(token -> token.startsWith("MKq"))
                    .forEach(token -> left.add(token + " in " + output));
        }

        System.out.printf("%s: %d of %d markers in HL7's examples are left.%n", preset.text(), left.size(), planted[0]);
        assertThat(left).isEmpty();
    }

    /** Appends a marker to each text that has a space in it, since that is no code, and to each display. */
    private static void plant(JsonNode node, int[] planted) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                boolean text = member.getValue().isString()
                        && (member.getValue().stringValue().indexOf(' ') > 0
                                || Set.of("display", "family", "value", "reference")
                                        .contains(member.getKey()))
                        && !Set.of("code", "unit", "questionnaire", "city", "postalCode")
                                .contains(member.getKey());
                if (text) {
                    String marker = String.format("MKq%07dq", ++planted[0]);
                    String value = member.getValue().stringValue();
                    member.setValue(StringNode.valueOf(
                            value.startsWith("<div") ? value.replaceFirst(">", ">" + marker) : value + marker));
                } else {
                    plant(member.getValue(), planted);
                }
            }
        } else {
            node.forEach(child -> plant(child, planted));
        }
    }

    private static boolean mayRemain(Preset preset, Planted marker) {
        Kind kind = IdentifyingElements.of(marker.resource() + "." + marker.path(), marker.element(), marker.type());
        return kind == null
                || switch (preset) {
                    case SAFE_HARBOR -> false;
                    case LIMITED_DATA_SET -> kind == Kind.DATE || LIMITED.contains(marker.element());
                    // One day may be shifted to another.
                    case KEEP_STRUCTURE ->
                        STRUCTURE.contains(marker.element()) || marker.marker().matches("[-0-9]{10}");
                };
    }

    private static Deidentifier deidentifier(Preset preset) {
        return Deidentifier.of(RuleFile.parse(preset.file()), DeidKeys.random(), TODAY);
    }

    private static String apply(Deidentifier rules, ObjectNode resource) {
        byte[] stored = resource.toString().getBytes(UTF_8);
        ByteBuffer output = rules.apply(stored, 0, stored.length, new RuleCounts());
        return UTF_8.decode(output).toString();
    }
}
