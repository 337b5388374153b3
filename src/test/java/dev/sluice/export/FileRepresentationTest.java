package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SingleMember;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A compressed file goes to each client in a form that it takes. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FileRepresentationTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private SluiceServer server;
    private JsonNode file;
    private String lines;

    @BeforeAll
    void export() {
        server = SluiceServer.start("--sluice.export.compression=gzip");
        Ward.load(server);
        ExportClient.Export export = new ExportClient(server).export("/$export?_type=Observation");
        file = export.manifest().path("output").path(0);
        lines = String.join("\n", export.lines().get("Observation")) + "\n";
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "x-gzip",
                "gzip;q=0.1",
                "*",
                "deflate, gzip;q=1.0, *;q=0.5",
                "br;q=1, gzip; q=0.8",
                ", ; ,gzip;",
                "identity;q=0.5, gzip",
                "identity;q=0, gzip;q=0.001",
                "identity; q=0, *"
            })
    void whoTakesGzipGetsTheFileAsItIsStored(String accepted) throws Exception {
        HttpResponse<byte[]> answer = get("Accept-Encoding", accepted);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(answer, "Vary")).contains("Accept-Encoding");
        assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(answer, "Content-Type")).startsWith("application/fhir+ndjson");
        assertThat(header(answer, "ETag"))
                .isEqualTo("\"" + file.path("extension").path("storedSha256").asString() + "\"");
        assertThat(new String(SingleMember.unpack(answer.body()), UTF_8)).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "br",
                "gzip;q=0",
                "gzip;q=0.000, deflate",
                "*;q=0, identity",
                "gzip;q=0, *",
                "identity, gzip;q=0.9"
            })
    void whoDoesNotGetsTheLines(String accepted) throws Exception {
        assertLines(get("Accept-Encoding", accepted));
    }

    @Test
    void whoSaysNothingGetsTheLines() throws Exception {
        assertLines(get());
    }

    private void assertLines(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(header(answer, "Vary")).contains("Accept-Encoding");
        assertThat(header(answer, "Accept-Ranges")).isEqualTo("none");
        assertThat(header(answer, "ETag")).endsWith("-identity\"");
        assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(lines.getBytes(UTF_8).length));
        assertThat(new String(answer.body(), UTF_8)).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity;q=0", "*;q=0", "br, identity;q=0", "gzip;q=0, *;q=0"})
    void whoTakesNeitherIsToldSo(String accepted) throws Exception {
        HttpResponse<byte[]> answer = get("Accept-Encoding", accepted);

        assertThat(answer.statusCode()).isEqualTo(406);
        assertThat(new String(answer.body(), UTF_8))
                .contains("'Accept-Encoding: " + accepted + "'", "gzip and identity");
    }

    /** Each form has an etag of its own, or a cache would give one for the other. */
    @Test
    void anEtagIsOfOneForm() throws Exception {
        String stored = header(get("Accept-Encoding", "gzip"), "ETag");
        String plain = header(get(), "ETag");

        assertThat(get("Accept-Encoding", "gzip", "If-None-Match", stored).statusCode())
                .isEqualTo(304);
        assertThat(get("If-None-Match", plain).statusCode()).isEqualTo(304);
        assertThat(header(get("If-None-Match", plain), "Vary")).contains("Accept-Encoding");
        assertThat(get("If-None-Match", stored).statusCode()).isEqualTo(200);
        assertThat(get("Accept-Encoding", "gzip", "If-None-Match", plain).statusCode())
                .isEqualTo(200);
    }

    /** Ranges count stored bytes, so only who takes these gets one. */
    @Test
    void aRangeIsOfTheStoredForm() throws Exception {
        byte[] stored = get("Accept-Encoding", "gzip").body();

        HttpResponse<byte[]> part = get("Accept-Encoding", "gzip", "Range", "bytes=5-9");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(stored, 5, 10));

        assertLines(get("Range", "bytes=5-9"));
    }

    @Test
    void headSaysWhatGetWould() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(file.path("url").asString()))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());

        assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(lines.getBytes(UTF_8).length));
        assertThat(answer.body()).isEmpty();
    }

    /** A file that has only one form is given in it, unless the client says that it takes none. */
    @ParameterizedTest
    @CsvSource({"none, application/fhir+ndjson, .ndjson", "gzip-files, application/gzip, .ndjson.gz"})
    void otherFilesHaveOneForm(String compression, String type, String suffix) throws Exception {
        try (SluiceServer other = SluiceServer.start("--sluice.export.compression=" + compression)) {
            Ward.load(other);
            String url = new ExportClient(other)
                    .manifest("/$export?_type=Observation")
                    .path("output")
                    .path(0)
                    .path("url")
                    .asString();
            assertThat(url).endsWith("/Observation-1" + suffix);
            for (String accepted : new String[] {"gzip", "identity", "br", "gzip;q=0"}) {
                HttpResponse<byte[]> answer = get(url, "Accept-Encoding", accepted);

                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(header(answer, "Content-Type")).startsWith(type);
                assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
                byte[] content = suffix.endsWith(".gz") ? SingleMember.unpack(answer.body()) : answer.body();
                assertThat(new String(content, UTF_8).lines()).hasSize(4);
            }
            assertThat(get(url, "Range", "bytes=1-2").statusCode()).isEqualTo(206);
            assertThat(get(url, "Accept-Encoding", "identity;q=0").statusCode()).isEqualTo(406);
        }
    }

    private HttpResponse<byte[]> get(String... headers) throws Exception {
        return headers.length % 2 == 1
                ? fetch(headers[0], Arrays.copyOfRange(headers, 1, headers.length))
                : fetch(file.path("url").asString(), headers);
    }

    private static HttpResponse<byte[]> fetch(String url, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
