package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** Writes and deletes resources at random. */
final class RandomWrites {
    private final SluiceServer server;
    private final List<ObjectNode> resources;
    private final Random random;
    private int writes;

    /** @param resources which are changed, deleted and written again */
    RandomWrites(SluiceServer server, List<ObjectNode> resources, int seed) {
        this.server = server;
        this.resources = resources;
        this.random = new Random(seed);
    }

    /** Writes and deletes some, and creates one. */
    void some(int number) {
        for (int i = 0; i < number; i++) {
            ObjectNode resource = resources.get(random.nextInt(resources.size()));
            String path = "/" + resource.path("resourceType").asString() + "/"
                    + resource.path("id").asString();
            if (random.nextInt(3) == 0) {
                assertThat(server.delete(path).statusCode()).isIn(200, 204);
            } else {
                put(path, resource.deepCopy().put("language", "x-" + writes++));
            }
        }
        String id = "new-" + writes++;
        put(
                "/Basic/" + id,
                "{\"resourceType\":\"Basic\",\"id\":\"" + id + "\",\"code\":{\"text\":\"é\"},"
                        + "\"subject\":{\"reference\":\"Patient/patient-0001\"}}");
    }

    private void put(String path, Object body) {
        HttpResponse<String> response = server.put(path, "application/fhir+json", body.toString());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    }
}
