package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.AzuriteServer;
import dev.sluice.fhir.FhirJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Large resources, large groups and many of them at a time, through a process with a heap of 256 MB. */
@SlowTest
@Tag(FaultTally.TAG)
class LargeThingsTest {
    private static final int MB = 1 << 20;
    private static final String JSON = "application/fhir+json";
    private static final String NDJSON = "application/fhir+ndjson";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path home;

    private static String database;
    private static SluiceServer onlooker;
    private static ExportClient client;
    private static SluiceProcess process;

    @BeforeAll
    static void start() throws IOException {
        database = TestDatabase.freshUrl();
        onlooker =
                SluiceServer.start("--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api");
        client = new ExportClient(onlooker);
        process = process("local.log");
    }

    @AfterAll
    static void stop() throws IOException {
        System.out.println("peak of the process: " + process.peakBytes() / MB + " MB");
        process.close();
        onlooker.close();
        TestDatabase.drop(database);
        assertThat(Files.readString(home.resolve("local.log"))).doesNotContain("OutOfMemoryError");
    }

    @AfterEach
    void empty() {
        onlooker.bean(JdbcTemplate.class).update("truncate resource");
    }

    @Test
    void resourcesOf20MbComeAndGoAsTheyAre() throws Exception {
        List<LargeResource> streamed = large("Binary", FaultTally.times(2, 150), 20 * MB);
        List<LargeResource> single = large("DocumentReference", FaultTally.times(2, 50), 20 * MB);

        assertThat(send("POST", "/$import", NDJSON, LargeResource.ndjson(streamed))
                        .statusCode())
                .isEqualTo(200);
        for (LargeResource resource : single) {
            assertThat(put(resource).statusCode()).isEqualTo(201);
        }

        compare(sent(List.of(streamed, single)), exported("/$export"));
        if (FaultTally.times(0, 1) == 1) {
            process.terminate(); // processes of one database share their work, so they must share their storage
            try (SluiceProcess azure = process(
                    "azure.log",
                    "--sluice.storage.kind=azure",
                    "--sluice.storage.adopt=true",
                    "--sluice.storage.download=server",
                    "--sluice.storage.azure.connection-string="
                            + AzuriteServer.shared().connectionString())) {
                process = azure;
                compare(sent(List.of(single)), exported("/$export?_type=DocumentReference"));
                System.out.println("peak with Azurite: " + azure.peakBytes() / MB + " MB");
            } finally {
                process = process("local-again.log");
            }
        }
    }

    @Test
    void oneOf63MbComesAndGoesByEitherWayAndOneAbove64MbIsRefused() throws Exception {
        LargeResource single = new LargeResource("DocumentReference", "single", 63 * MB);
        LargeResource streamed = new LargeResource("Binary", "streamed", 63 * MB);
        LargeResource tooLarge = new LargeResource("Binary", "too-large", 64 * MB + 8);

        assertThat(put(single).statusCode()).isEqualTo(201);
        assertThat(put(single).statusCode()).as("the same again").isEqualTo(200);
        HttpResponse<String> announced = put(tooLarge);
        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(announced.body()).contains("OperationOutcome", "larger than 64 MB");
        assertThat(send("PUT", "/Binary/too-large", JSON, tooLarge.content()).statusCode())
                .isEqualTo(413);
        assertThat(send("PUT", "/DocumentReference/single", JSON, single.content())
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> loaded =
                send("POST", "/$import", NDJSON, LargeResource.ndjson(List.of(tooLarge, streamed)));

        assertThat(loaded.statusCode()).isEqualTo(200);
        assertThat(loaded.body()).contains("Line 1: The resource is larger than 64 MB");
        compare(sent(List.of(List.of(single, streamed))), exported("/$export"));
        try (InputStream body = get("/Binary/streamed")) {
            assertThat(LargeResource.hashes(new SequenceInputStream(body, new ByteArrayInputStream(new byte[] {'\n'}))))
                    .isEqualTo(sent(List.of(List.of(streamed))));
        }
    }

    @Test
    void manyAtATimeAreTakenOrPutOffAndNoneBreaksTheServer() throws Exception {
        List<LargeResource> resources = large("Binary", FaultTally.times(6, 32), 20 * MB);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> answers = new ArrayList<>();
        for (LargeResource resource : resources) {
            answers.add(threads.submit(() -> {
                int putOff = 0;
                HttpResponse<String> answer = put(resource);
                for (; answer.statusCode() == 503; answer = put(resource)) {
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                    putOff++;
                }
                assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
                return putOff;
            }));
        }
        int putOff = 0;
        for (Future<Integer> answer : answers) {
            putOff += answer.get();
        }
        threads.shutdown();

        System.out.println(putOff + " were put off");
        compare(sent(List.of(resources)), exported("/$export"));
    }

    @Test
    void aGroupOf50000MembersIsExported() {
        int members = FaultTally.times(10_000, 50_000);
        String patients = IntStream.range(0, members)
                .mapToObj(n -> "{\"resourceType\":\"Patient\",\"id\":\"p" + n + "\"}\n")
                .collect(Collectors.joining());
        String group = "{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true,\"member\":["
                + IntStream.range(0, members)
                        .mapToObj(n -> "{\"entity\":{\"reference\":\"Patient/p" + n + "\"}}")
                        .collect(Collectors.joining(","))
                + "]}";
        assertThat(onlooker.post(
                                process.base() + "/$import",
                                NDJSON,
                                patients + "{\"resourceType\":\"Patient\",\"id\":" + "\"stranger\"}\n" + group + "\n")
                        .statusCode())
                .isEqualTo(200);
        assertThat(onlooker.put(
                                process.base() + "/Group/g",
                                JSON,
                                group.replace("\"actual\"", "\"active\":true,\"actual\""))
                        .statusCode())
                .isEqualTo(200);

        List<String> keys = client.export(process.base() + "/Group/g/$export").keys();

        List<String> expected = new ArrayList<>(
                IntStream.range(0, members).mapToObj(n -> "Patient/p" + n).toList());
        expected.add("Group/g");
        FaultTally.of(LargeThingsTest.class).export(expected, keys);
    }

    private static SluiceProcess process(String log, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.export.workers=2"));
        options.addAll(List.of(more));
        return SluiceProcess.start(home.resolve(log), options.toArray(String[]::new));
    }

    private static List<LargeResource> large(String type, int count, int bytes) {
        return IntStream.range(0, count)
                .mapToObj(n -> new LargeResource(type, "n" + n, bytes))
                .toList();
    }

    private static HttpResponse<String> put(LargeResource resource) throws Exception {
        BodyPublisher body = BodyPublishers.ofInputStream(resource::content);
        return send("PUT", "/" + resource.key(), JSON, BodyPublishers.fromPublisher(body, resource.length()));
    }

    private static HttpResponse<String> send(String method, String path, String type, InputStream body)
            throws Exception {
        return send(method, path, type, BodyPublishers.ofInputStream(() -> body));
    }

    private static HttpResponse<String> send(String method, String path, String type, BodyPublisher body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(process.base() + path))
                .header("Content-Type", type)
                .header("Prefer", "return=minimal")
                .method(method, body)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static InputStream get(String path) throws Exception {
        URI uri = URI.create(path.startsWith("http") ? path : process.base() + path);
        HttpResponse<InputStream> answer = HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private static Map<String, String> sent(List<List<LargeResource>> resources) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (List<LargeResource> list : resources) {
            hashes.putAll(LargeResource.hashes(LargeResource.ndjson(list)));
        }
        return hashes;
    }

    private static Map<String, String> exported(String path) throws Exception {
        HttpResponse<String> kickOff = client.kickOff(process.base() + path);
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        HttpResponse<String> end =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        assertThat(end.statusCode()).as(end.body()).isEqualTo(200);
        Map<String, String> hashes = new TreeMap<>();
        for (JsonNode file : FhirJson.MAPPER.readTree(end.body()).path("output")) {
            try (InputStream lines = get(file.path("url").asString())) {
                LargeResource.hashes(lines)
                        .forEach(
                                (key, hash) -> assertThat(hashes.put(key, hash)).isNull());
            }
        }
        return hashes;
    }

    private static void compare(Map<String, String> sent, Map<String, String> exported) {
        FaultTally.of(LargeThingsTest.class)
                .export(
                        sent.entrySet().stream().map(Object::toString).toList(),
                        exported.entrySet().stream().map(Object::toString).toList());
    }
}
