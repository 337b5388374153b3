package dev.sluice.bulkimport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StoredBlob;
import dev.sluice.blob.StoredBlobs;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.JobOwner;
import dev.sluice.job.Jobs;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code $import} of files, in the form of Azure API for FHIR. */
@IntegrationTest
class ImportJobTest {
    private static final String FHIR = "application/fhir+json";

    @TempDir
    static Path folder;

    private static SluiceServer server;
    private static BlobStore blobs;
    private static Path root;

    @BeforeAll
    static void start() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        server = SluiceServer.start("--sluice.import.root=" + root);
        blobs = server.bean(BlobStore.class);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void filesAndBlobsAreLoadedAsAJob() throws IOException {
        Path patients = file("patients.ndjson", patient("j-1") + patient("j-2"));
        BlobPath observations = blob("observations.ndjson", "{\"resourceType\":\"Observation\",\"id\":\"j-1\"}\n");

        HttpResponse<String> accepted = kickOff(
                input("Patient", patients.toUri().toString()),
                input("Observation", blobs.uri(observations).toString()));

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(accepted.body()).isEmpty();
        assertThat(location(accepted)).matches(server.base() + "/_operations/import/[0-9a-f-]{36}");
        JsonNode result = result(accepted);
        assertThat(result.path("transactionTime").asString()).endsWith("Z");
        assertThat(result.path("request").asString()).isEqualTo(server.base() + "/$import");
        assertThat(result.path("output").toString())
                .isEqualTo("[{\"type\":\"Patient\",\"count\":2,\"inputUrl\":\"" + patients.toUri()
                        + "\"},{\"type\":\"Observation\",\"count\":1,\"inputUrl\":\"" + blobs.uri(observations)
                        + "\"}]");
        assertThat(result.path("error").isEmpty()).isTrue();
        assertThat(server.get("/Patient/j-2").statusCode()).isEqualTo(200);
        assertThat(server.get("/Observation/j-1").statusCode()).isEqualTo(200);
    }

    @Test
    void badLinesAreInAFileThatTheResultNames() throws IOException {
        Path good = file("good.ndjson", patient("b-1"));
        Path mixed =
                file("mixed.ndjson", patient("b-2") + "no JSON\n{\"resourceType\":\"Observation\",\"id\":\"b-3\"}\n");

        HttpResponse<String> accepted = kickOff(
                input("Patient", good.toUri().toString()),
                input("Patient", mixed.toUri().toString()));

        JsonNode result = result(accepted);
        assertThat(result.path("output").path(1).path("count").asInt()).isEqualTo(1);
        JsonNode error = result.path("error").path(0);
        assertThat(result.path("error").size()).isEqualTo(1);
        assertThat(error.path("type").asString()).isEqualTo("OperationOutcome");
        assertThat(error.path("count").asInt()).isEqualTo(2);
        assertThat(error.path("inputUrl").asString()).isEqualTo(mixed.toUri().toString());
        HttpResponse<String> lines = server.get(error.path("url").asString());
        assertThat(lines.headers().firstValue("Content-Type").orElse("")).startsWith("application/fhir+ndjson");
        assertThat(lines.body().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("OperationOutcome").contains("mixed.ndjson, line 2: "),
                        line -> assertThat(line).contains("line 3: ").contains("of type Observation"));
        assertThat(server.get("/Observation/b-3").statusCode()).isEqualTo(404);
        assertThat(server.get(location(accepted) + "/errors/1.ndjson").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aReleasedImportTakesItsErrorsAndLeavesItsData() throws IOException {
        Path mixed = file("released.ndjson", patient("r-1") + "no JSON\n");
        HttpResponse<String> accepted = kickOff(input("Patient", mixed.toUri().toString()));
        result(accepted);

        assertThat(server.delete(location(accepted)).statusCode()).isEqualTo(202);

        assertThat(server.get(location(accepted)).statusCode()).isEqualTo(404);
        assertThat(server.delete(location(accepted)).statusCode()).isEqualTo(404);
        String job = location(accepted).replaceAll(".*/", "");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> StoredBlobs.in(blobs, ContainerName.IMPORT_ERRORS).stream()
                        .noneMatch(blob -> blob.folder().equals(job)));
        assertThat(server.get("/Patient/r-1").statusCode()).isEqualTo(200);
    }

    @Test
    void aRunningImportTellsItsProgressAndCanBeCancelled() throws IOException {
        String line = "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"text\":{\"div\":\"" + "x".repeat(2_000) + "\"}}\n";
        Path large = file(
                "large.ndjson",
                IntStream.range(0, 30_000)
                        .mapToObj(i -> line.formatted("l-" + i))
                        .collect(Collectors.joining()));
        HttpResponse<String> accepted = kickOff(input("Patient", large.toUri().toString()));

        HttpResponse<String> status = server.get(location(accepted));

        assertThat(status.statusCode()).isEqualTo(202);
        assertThat(status.headers().firstValue("X-Progress").orElse("")).isNotEmpty();
        assertThat(status.headers().firstValue("Retry-After").orElse("")).matches("[1-9][0-9]*");
        assertThat(server.delete(location(accepted)).statusCode()).isEqualTo(202);
        assertThat(server.get(location(accepted)).statusCode()).isEqualTo(404);
    }

    @Test
    void everyFaultIsToldAtKickOff() throws IOException {
        Path outside = Files.writeString(folder.resolve("outside.ndjson"), patient("o"));
        Path link = Files.createSymbolicLink(root.resolve("link.ndjson"), outside);
        BlobPath blob = blob("tagged.ndjson", patient("t"));

        HttpResponse<String> refused = server.post(
                "/$import",
                FHIR,
                parameters(
                        "{\"name\":\"mode\",\"valueString\":\"Everything\"}",
                        "{\"name\":\"forced\",\"valueBoolean\":true}",
                        input("Patient", root.toUri() + "none.ndjson"),
                        input("Patient", root.toUri() + "../outside.ndjson"),
                        input("Patient", link.toUri().toString()),
                        input("Patient", "https://example.com/container/patients.ndjson"),
                        input("Patients", blobs.uri(blob).toString()),
                        input("Patient", blobs.uri(blob).toString(), "0x8D92A7342657F4F"),
                        input("Patient", root.toUri().toString()),
                        input("Patient", "not a url"),
                        "{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":\"Patient\"}]}"),
                "Prefer",
                "respond-async");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(FhirJson.MAPPER.readTree(refused.body()).findValuesAsString("diagnostics"))
                .satisfiesExactly(
                        why -> assertThat(why)
                                .contains("'mode'")
                                .contains("'Everything'")
                                .contains("IncrementalLoad"),
                        why -> assertThat(why)
                                .contains("'forced' is not supported")
                                .contains("did you mean 'force'"),
                        why -> assertThat(why).contains("'inputFormat' is missing"),
                        why -> assertThat(why).startsWith("input 1: ").contains("does not exist"),
                        why -> assertThat(why).startsWith("input 2: ").contains("outside"),
                        why -> assertThat(why).startsWith("input 3: ").contains("outside"),
                        why -> assertThat(why).startsWith("input 4: ").contains("not in the storage"),
                        why -> assertThat(why).startsWith("input 5: ").contains("did you mean 'Patient'"),
                        why -> assertThat(why).startsWith("input 6: ").contains("it was replaced"),
                        why -> assertThat(why).startsWith("input 7: ").contains("not that of a file"),
                        why -> assertThat(why).startsWith("input 8: ").contains("is not valid"),
                        why -> assertThat(why).startsWith("input 9: ").contains("'url' is missing"));
    }

    @Test
    void theEtagThatIsThereIsTakenWithQuotesOrWithout() throws IOException {
        BlobPath path = blob("etag.ndjson", patient("etag"));
        String etag;
        try (StoredBlob blob = blobs.open(path, 0, 0)) {
            etag = blob.etag();
        }

        assertThat(result(kickOff(input("Patient", blobs.uri(path).toString(), etag.replace("\"", "\\\""))))
                        .path("output")
                        .path(0)
                        .path("count")
                        .asInt())
                .isEqualTo(1);
        assertThat(kickOff(input("Patient", blobs.uri(path).toString(), etag.replace("\"", "")))
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void aFileThatIsLoadedAgainAfterAKillLeavesTheSame() throws IOException {
        Path file = file("killed.ndjson", patient("k-1") + "no JSON\n" + patient("k-2"));
        server.post("/$import", "application/fhir+ndjson", patient("k-1")); // as far as the killed process came

        HttpResponse<String> first = kickOff(input("Patient", file.toUri().toString()));
        JsonNode output = result(first).path("output");
        JsonNode again =
                result(kickOff(input("Patient", file.toUri().toString()))).path("output");

        assertThat(output.path(0).path("count").asInt()).isEqualTo(2);
        assertThat(again).isEqualTo(output);
        assertThat(server.get("/Patient/k-1").headers().firstValue("ETag")).contains("W/\"1\"");
    }

    @Test
    void aFileThatGoesAwayFailsTheJobByName() throws IOException {
        Path file = file("gone.ndjson", patient("gone"));
        ImportJob job = new ImportJob(
                "url", List.of(new ImportJob.Input("Patient", file.toUri().toString(), null)), true);
        Files.delete(file);
        UUID id = UUID.randomUUID();
        server.bean(Jobs.class).submit(id, "import", new JobOwner("", null), job.payload(), null);

        await().atMost(Duration.ofSeconds(20))
                .until(() -> server.get("/_operations/import/" + id).statusCode() == 500);

        assertThat(server.get("/_operations/import/" + id).body()).contains("gone.ndjson' does not exist");
    }

    private static HttpResponse<String> kickOff(String... inputs) {
        String[] all = Stream.concat(
                        Stream.of(
                                "{\"name\":\"inputFormat\",\"valueString\":\"application/fhir+ndjson\"}",
                                "{\"name\":\"mode\",\"valueString\":\"IncrementalLoad\"}",
                                "{\"name\":\"storageDetail\",\"part\":[{\"name\":\"type\",\"valueString\":\"azure-blob\"}]}"),
                        Stream.of(inputs))
                .toArray(String[]::new);
        return server.post("/$import", FHIR, parameters(all), "Prefer", "respond-async");
    }

    private static String parameters(String... parameters) {
        return "{\"resourceType\":\"Parameters\",\"parameter\":[" + String.join(",", parameters) + "]}";
    }

    private static String input(String type, String url) {
        return "{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":\"" + type
                + "\"},{\"name\":\"url\",\"valueUri\":\"" + url + "\"}]}";
    }

    private static String input(String type, String url, String etag) {
        return input(type, url).replace("]}", ",{\"name\":\"etag\",\"valueUri\":\"" + etag + "\"}]}");
    }

    private static JsonNode result(HttpResponse<String> accepted) {
        assertThat(accepted.body()).isEmpty();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> server.get(location(accepted)).statusCode() != 202);
        HttpResponse<String> response = server.get(location(accepted));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return FhirJson.MAPPER.readTree(response.body());
    }

    private static String location(HttpResponse<String> accepted) {
        return accepted.headers().firstValue("Content-Location").orElse("");
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(root.resolve(name), text);
    }

    private static BlobPath blob(String name, String text) {
        BlobPath path = BlobPath.of("incoming", name);
        blobs.createContainer("incoming");
        try (BlobWriter writer = blobs.create(path, BlobStore.Encoding.IDENTITY)) {
            byte[] bytes = text.getBytes(UTF_8);
            writer.write(bytes, 0, bytes.length);
            writer.commit();
        }
        return path;
    }

    private static String patient(String id) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}\n";
    }
}
