package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Patches of stored resources, alone and in Bundles. */
@SlowTest
class PatchTest {
    private static final String FHIR = "application/fhir+json";

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aPatchKeepsEveryByteThatItDoesNotTouch() {
        String path = "/Observation/" + UUID.randomUUID();
        String body =
                "{\"resourceType\":\"Observation\",\"status\":\"preliminary\",\"code\":{\"text\":\"caf\\u00e9 \\/\"},"
                        + "\"valueQuantity\":{\"value\":1.00},\"component\":[{\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":1E-22}}]}";
        server.put(path, FHIR, body);

        HttpResponse<String> patched = patch(
                path,
                "[{\"op\":\"test\",\"path\":\"/valueQuantity/value\",\"value\":1.0},"
                        + "{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"final\"},"
                        + "{\"op\":\"add\",\"path\":\"/component/0/valueQuantity/unit\",\"value\":\"\\u006d\"}]");

        assertThat(patched.statusCode()).as(patched.body()).isEqualTo(200);
        assertThat(patched.body().replaceFirst("\"id\".*?\"meta\":\\{.*?},", ""))
                .isEqualTo(body.replace("preliminary", "final").replace("1E-22}", "1E-22,\"unit\":\"\\u006d\"}"));
        assertThat(patched.headers().firstValue("ETag")).contains("W/\"2\"");
    }

    @Test
    void patchesInOneTransactionMakeNoMoreThanTheLargestResource() {
        String id = UUID.randomUUID().toString();
        String large = "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\""
                + "AAAA".repeat(9 << 20) + "\"}";
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            server.put("/Binary/" + i + id, FHIR, large);
            entries.add(patchEntry("Binary/" + i + id, "[]"));
        }

        String[] all = entries.toArray(String[]::new);
        HttpResponse<String> refused = Bundles.post(server, Bundles.transaction(all));

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("Bundle.entry[1]", "in several transactions");
        assertThat(Bundles.post(server, Bundles.batch(all)).statusCode()).isEqualTo(200);
    }

    @Test
    void aPatchThatCannotBeDoneChangesNothing() {
        String path = "/Patient/" + UUID.randomUUID();
        server.put(path, FHIR, "{\"resourceType\":\"Patient\",\"active\":true}");

        String undone =
                "[{\"op\":\"replace\",\"path\":\"/active\",\"value\":false},{\"op\":\"remove\",\"path\":\"/gender\"}]";
        String unknown = "[{\"op\":\"add\",\"path\":\"/nonsense\",\"value\":1}]";
        String otherId = "[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"x\"}]";

        assertThat(patch(path, undone).statusCode()).isEqualTo(422);
        assertThat(patch(path, unknown).statusCode()).isEqualTo(400);
        assertThat(patch(path, otherId).statusCode()).isEqualTo(400);
        assertThat(patch(path, "{}").statusCode()).isEqualTo(400);
        assertThat(patch("/Patient/never", "[]").statusCode()).isEqualTo(404);
        assertThat(patch(path, "[]", "If-Match", "W/\"7\"").statusCode()).isEqualTo(412);
        assertThat(server.send("PATCH", path, BodyPublishers.ofString("[]"), "Content-Type", FHIR))
                .returns(415, HttpResponse::statusCode);
        assertThat(server.get(path).headers().firstValue("ETag")).contains("W/\"1\"");
    }

    static String patchEntry(String url, String patch) {
        return "{\"resource\":{\"resourceType\":\"Binary\",\"contentType\":\"application/json-patch+json\",\"data\":\""
                + Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8))
                + "\"},\"request\":{\"method\":\"PATCH\",\"url\":\"" + url + "\"}}";
    }

    private static HttpResponse<String> patch(String path, String patch, String... headers) {
        List<String> all = new ArrayList<>(List.of("Content-Type", JsonPatch.MEDIA_TYPE));
        all.addAll(List.of(headers));
        return server.send("PATCH", path, BodyPublishers.ofString(patch), all.toArray(String[]::new));
    }
}
