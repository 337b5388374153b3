package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Some thousand mutations of valid content by each way in: none is a fault of the server, none costs a neighbour. */
@SlowTest
class MutatedContentTest {
    private static final String FHIR = "application/fhir+json";
    private static final List<String> RESOURCES = List.of(
            "{\"resourceType\":\"Patient\",\"id\":\"@\",\"meta\":{\"profile\":[\"http://a\"],\"tag\":[{\"code\":\"t\"}]},"
                    + "\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a</div>\"},"
                    + "\"identifier\":[{\"system\":\"urn:a\",\"value\":\"b\"}],\"name\":[{\"given\":[\"A\",null],"
                    + "\"_given\":[null,{\"id\":\"x\"}]}],\"birthDate\":\"1980-02-29\",\"link\":[{\"other\":{"
                    + "\"reference\":\"Patient/b\"},\"type\":\"seealso\"}],\"generalPractitioner\":[{\"reference\":"
                    + "\"Practitioner/c\"}]}",
            "{\"resourceType\":\"Observation\",\"id\":\"@\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:a\","
                    + "\"code\":\"c\"}]},\"subject\":{\"reference\":\"Patient/a\"},\"effectivePeriod\":{\"start\":"
                    + "\"2024-05-31T10:00:00Z\"},\"valueQuantity\":{\"value\":1.00,\"unit\":\"mg\"},\"component\":[{"
                    + "\"code\":{\"text\":\"d\"},\"valueInteger\":5}]}",
            "{\"resourceType\":\"Group\",\"id\":\"@\",\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{"
                    + "\"reference\":\"Patient/a\"},\"inactive\":false}],\"extension\":[{\"url\":\"http://a\","
                    + "\"valueReference\":{\"reference\":\"Patient/c\"}}]}",
            "{\"resourceType\":\"Provenance\",\"id\":\"@\",\"target\":[{\"reference\":\"Patient/a/_history/1\"}],"
                    + "\"recorded\":\"2024-05-31T10:00:00.5Z\",\"agent\":[{\"who\":{\"identifier\":{\"value\":\"x\"}}}]}",
            "{\"resourceType\":\"Bundle\",\"id\":\"@\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":\"urn:a\","
                    + "\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"contained\":[{"
                    + "\"resourceType\":\"Patient\",\"id\":\"p\"}],\"subject\":{\"reference\":\"#p\"}}}]}");

    private static SluiceServer server;

    private final Mutations mutations = new Mutations(13);
    private int number;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aLoadTakesAllGoodLines() {
        for (int round = 0; round < 8; round++) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            List<String> good = new ArrayList<>();
            for (int i = 0; i < 250; i++) {
                String seed = seed();
                lines.writeBytes(
                        i % 2 == 0
                                ? mutations.ofBytes(seed)
                                : mutations.ofStructure(seed).getBytes(UTF_8));
                good.add("line-" + round + "-" + i);
                lines.writeBytes(("\n" + patient(good.get(i)) + "\n").getBytes(UTF_8));
            }

            HttpResponse<String> answer = server.send(
                    "POST",
                    "/$import",
                    BodyPublishers.ofByteArray(lines.toByteArray()),
                    "Content-Type",
                    "application/fhir+ndjson");

            held(answer);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(good).allSatisfy(MutatedContentTest::isThere);
        }
    }

    @Test
    void aBatchDoesAllGoodEntries() {
        for (int round = 0; round < 16; round++) {
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                entries.add(mutations.ofStructure(entry()));
                String id = "entry-" + round + "-" + i;
                entries.add(Bundles.put("Patient/" + id, patient(id)));
            }

            HttpResponse<String> answer = Bundles.post(server, Bundles.batch(entries.toArray(String[]::new)));

            held(answer);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode results = FhirJson.MAPPER.readTree(answer.body()).path("entry");
            assertThat(results).hasSize(80);
            for (int i = 0; i < 80; i++) {
                String status = results.path(i).path("response").path("status").asString("");
                assertThat(status).as(entries.get(i)).matches(i % 2 == 0 ? "[24]\\d\\d .*" : "201 Created");
            }
        }
    }

    @Test
    void aTransactionDoesAllOrNothing() {
        for (int i = 0; i < 250; i++) {
            String id = "both-" + i;
            String good = Bundles.put("Patient/" + id, patient(id));
            String bundle = i % 2 == 0
                    ? Bundles.transaction(good, mutations.ofStructure(entry()))
                    : mutations.ofStructure(Bundles.transaction(good, entry()));

            HttpResponse<String> answer = Bundles.post(server, bundle);

            held(answer);
            if (answer.statusCode() != 200) {
                assertThat(server.get("/Patient/" + id).statusCode()).as(bundle).isEqualTo(404);
            } else if (i % 2 == 0) {
                isThere(id);
            }
        }
    }

    @Test
    void aSingleResourceIsTakenOrRefused() {
        for (int i = 0; i < 400; i++) {
            String seed = seed();
            byte[] body = i % 2 == 0
                    ? mutations.ofBytes(seed)
                    : mutations.ofStructure(seed).getBytes(UTF_8);
            String type = FhirJson.MAPPER.readTree(seed).path("resourceType").asString();

            held(server.send("POST", "/" + type, BodyPublishers.ofByteArray(body), "Content-Type", FHIR));
            held(server.send(
                    "POST",
                    "",
                    BodyPublishers.ofByteArray(mutations.ofBytes(Bundles.batch(entry()))),
                    "Content-Type",
                    FHIR));
        }
    }

    private String seed() {
        number++;
        return RESOURCES.get(number % RESOURCES.size()).replace("@", "seed-" + number);
    }

    private String entry() {
        String resource = seed();
        String type = FhirJson.MAPPER.readTree(resource).path("resourceType").asString();
        return number % 2 == 0
                ? Bundles.put(type + "/seed-" + number, resource)
                : "{\"fullUrl\":\"urn:uuid:" + number + "\",\"resource\":" + resource
                        + ",\"request\":{\"method\":\"POST\",\"url\":\"" + type
                        + "\",\"ifNoneExist\":\"identifier=urn:a|"
                        + number + "\"}}";
    }

    private static String patient(String id) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}";
    }

    private static void isThere(String id) {
        assertThat(server.get("/Patient/" + id).statusCode()).as(id).isEqualTo(200);
    }

    private static void held(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
        assertThat(answer.body()).doesNotContain("a fault of its own");
    }
}
