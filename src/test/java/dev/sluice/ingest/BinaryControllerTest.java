package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The content of Binary resources, as it is and as a resource. */
@IntegrationTest
class BinaryControllerTest {
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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100_000, 3_000_000})
    void whatIsSentAsItIsComesBackAsItIs(int size) throws Exception {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);

        HttpResponse<String> created = server.send(
                "POST",
                "/Binary",
                BodyPublishers.ofByteArray(content),
                "Content-Type",
                "image/png",
                "X-Security-Context",
                "Patient/1");
        JsonNode binary = FhirJson.MAPPER.readTree(created.body());
        String path = "/Binary/" + binary.path("id").asString();
        HttpResponse<byte[]> raw = bytes(path, "image/png");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(binary.path("contentType").asString()).isEqualTo("image/png");
        assertThat(binary.path("data").asString()).isEqualTo(Base64.getEncoder().encodeToString(content));
        assertThat(binary.path("securityContext").path("reference").asString()).isEqualTo("Patient/1");
        assertThat(raw.body()).isEqualTo(content);
        assertThat(raw.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(raw.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(raw.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("sandbox");
        assertThat(raw.headers().firstValue("ETag")).contains("W/\"1\"");
    }

    @Test
    void aGzipFileStaysOneUnlessOnlyTheTransferIsCompressed() throws Exception {
        byte[] packed = Gzip.pack("hello");

        server.send("PUT", "/Binary/file", BodyPublishers.ofByteArray(packed), "Content-Type", "application/gzip");
        server.send(
                "PUT",
                "/Binary/transfer",
                BodyPublishers.ofByteArray(packed),
                "Content-Type",
                "text/plain",
                "Content-Encoding",
                "gzip");

        assertThat(bytes("/Binary/file", "application/gzip").body()).isEqualTo(packed);
        assertThat(new String(bytes("/Binary/transfer", "text/plain").body(), StandardCharsets.UTF_8))
                .isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "gzip"})
    void aByteOrderMarkAndAGzipFileAreContent(String encoding) throws Exception {
        byte[] mark = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, 'a'};
        String[] headers = encoding.isEmpty()
                ? new String[] {"Content-Type", "text/csv"}
                : new String[] {"Content-Type", "text/csv", "Content-Encoding", encoding};
        byte[] file = Gzip.pack("hello");

        server.send("PUT", "/Binary/mark", BodyPublishers.ofByteArray(mark), headers);

        assertThat(bytes("/Binary/mark", "text/csv").body()).isEqualTo(mark);
        if (!encoding.equals("gzip")) {
            server.send("PUT", "/Binary/packed", BodyPublishers.ofByteArray(file), headers);
            assertThat(bytes("/Binary/packed", "text/csv").body()).isEqualTo(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FHIR, "application/json", "*/*", "application/fhir+json, image/png;q=0.5"})
    void whoAcceptsAResourceGetsOne(String accept) {
        server.put("/Binary/both", "text/plain; charset=utf-8", "hi");

        HttpResponse<String> read = server.get("/Binary/both", "Accept", accept);

        assertThat(read.headers().firstValue("Content-Type").orElseThrow()).startsWith(FHIR);
        assertThat(FhirJson.MAPPER.readTree(read.body()).path("contentType").asString())
                .isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void aResourceWithEscapesOrWithoutDataHasContentToo() throws Exception {
        HttpResponse<String> escaped = server.put(
                "/Binary/escaped",
                FHIR,
                "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"Pz8\\/\"}");
        assertThat(escaped.statusCode()).as(escaped.body()).isEqualTo(201);
        server.put("/Binary/empty", FHIR, "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\"}");

        assertThat(new String(bytes("/Binary/escaped", "text/plain").body(), StandardCharsets.UTF_8))
                .isEqualTo("???");
        assertThat(bytes("/Binary/empty", "text/html,*/*;q=0.8").body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+xml", "text/turtle", "nonsense"})
    void anotherFormOfAResourceIsRefused(String contentType) {
        HttpResponse<String> refused = server.post("/Binary", contentType, "<Binary/>");

        assertThat(refused.statusCode()).isEqualTo(415);
        assertThat(refused.body()).contains("OperationOutcome").contains(contentType);
    }

    @Test
    void contentIsNeededAndSoIsItsType() throws Exception {
        assertThat(server.post("/Binary", "image/png", "").statusCode()).isEqualTo(400);
        assertThat(server.send("POST", "/Binary", BodyPublishers.ofString("x")).statusCode())
                .isEqualTo(415);
        assertThat(bytes("/Binary/never", "image/png").statusCode()).isEqualTo(404);
    }

    private static HttpResponse<byte[]> bytes(String path, String accept) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.base() + path))
                                .header("Accept", accept)
                                .build(),
                        BodyHandlers.ofByteArray());
    }
}
