package dev.sluice;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The sample population of the server, for tests that need resources which fit together. */
public final class SamplePopulation {
    private static final String FILE = "/dev/sluice/demo/population.ndjson.gz";
    private static final Pattern PATIENT_NUMBER = Pattern.compile("-(\\d{4})(-\\d+)?$");

    private SamplePopulation() {}

    /** The resources of the first patients, with the staff and with the Groups, whose other members are removed. */
    public static List<ObjectNode> ofPatients(int number) {
        List<ObjectNode> resources = all().stream()
                .filter(resource -> patientNumber(resource.path("id").asString()) <= number)
                .toList();
        resources.stream()
                .filter(resource -> resource.get("member") instanceof ArrayNode)
                .forEach(group -> removeMembersAfter(number, group));
        return resources;
    }

    private static List<ObjectNode> all() {
        try (InputStream file = Objects.requireNonNull(SamplePopulation.class.getResourceAsStream(FILE), FILE);
                InputStream ndjson = new GZIPInputStream(file)) {
            return new String(ndjson.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> (ObjectNode) FhirJson.MAPPER.readTree(line))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeMembersAfter(int number, ObjectNode group) {
        group.withArray("member")
                .removeIf((JsonNode member) ->
                        patientNumber(member.at("/entity/reference").asString()) > number);
    }

    /** The number in an id such as {@code observation-0012-03}; 0 for resources of no patient. */
    private static int patientNumber(String id) {
        Matcher number = PATIENT_NUMBER.matcher(id);
        return number.find() ? Integer.parseInt(number.group(1)) : 0;
    }
}
