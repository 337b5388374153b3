package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.HostileInputs;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that ask for more memory than their bytes, many at a time, against a process with a heap of 256 MB. */
@SlowTest
class MemoryAttackTest {
    private static final int MB = 1 << 20;
    private static final String JSON = "application/fhir+json";
    private static final String NDJSON = "application/fhir+ndjson";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path home;

    private static String database;
    private static SluiceProcess process;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.freshUrl();
        process = SluiceProcess.start(
                home.resolve("log"),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home);
        assertThat(send("PUT", "/Binary/large", JSON, HostileInputs.binary("large", 56 * MB))
                        .statusCode())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() throws IOException {
        process.close();
        TestDatabase.drop(database);
        assertThat(Files.readString(home.resolve("log"))).doesNotContain("OutOfMemoryError");
    }

    @AfterEach
    void theServerServesAsBefore() throws Exception {
        assertThat(process.isReady()).isTrue();
        assertThat(send("PUT", "/Patient/a", JSON, bytes("{\"resourceType\":\"Patient\",\"id\":\"a\"}"))
                        .statusCode())
                .isIn(200, 201);
    }

    @Test
    void bodiesThatAreAnnouncedAndDoNotComeHoldNoMemory() throws Exception {
        eightBeginAndOneIsServed("Content-Length: " + 64 * MB + "\r\n\r\n", bytes("{\"resourceType\":\"Binary\","));
    }

    @Test
    void bodiesThatComeInPartHoldNoMemory() throws Exception {
        byte[] part = Arrays.copyOf(HostileInputs.binary("large", 56 * MB), 40 * MB);

        eightBeginAndOneIsServed(
                "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(part.length) + "\r\n", part);
    }

    private static void eightBeginAndOneIsServed(String head, byte[] part) throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                silent.add(open("PUT /fhir/Binary/s" + i + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + JSON
                        + "\r\n" + head));
                silent.get(i).getOutputStream().write(part);
            }

            HttpResponse<String> answer = send("PUT", "/Binary/two", JSON, HostileInputs.binary("two", 2 * MB));

            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        } finally {
            close(silent);
        }
    }

    @Test
    void treesThatAreThirtyTimesTheirBytesAreCountedAsThat() throws Exception {
        byte[] dense = HostileInputs.denseTree();

        assertThat(together(12, () -> send("POST", "/Basic", JSON, dense))).allMatch(MemoryAttackTest::refused);
        assertThat(together(12, () -> send("POST", "/$import", NDJSON, dense))).allMatch(MemoryAttackTest::refused);
        byte[] parameters = bytes(HostileInputs.parameters("{}", 300_000));
        assertThat(together(12, () -> send("POST", "/$import", JSON, parameters)))
                .allMatch(MemoryAttackTest::refused);
        assertThat(together(12, () -> send("POST", "/$export", JSON, parameters)))
                .allMatch(MemoryAttackTest::refused);
    }

    @Test
    void gzipCountsAsWhatItHolds() throws Exception {
        byte[] zeros = HostileInputs.compressedTree();
        byte[] blanks = HostileInputs.compressedBlanks();

        assertThat(together(12, () -> send("POST", "/Basic", JSON, zeros))).allMatch(MemoryAttackTest::refused);
        assertThat(together(12, () -> send("POST", "/Basic", JSON, blanks))).allMatch(MemoryAttackTest::refused);
        assertThat(together(12, () -> send("POST", "", JSON, zeros))).allMatch(MemoryAttackTest::refused);
    }

    @Test
    void bundlesOfVeryManyEntriesAreCountedAsThat() throws Exception {
        byte[] reads = HostileInputs.compressedBatch();
        byte[] numbers = HostileInputs.compressedBatchOfNumbers();

        assertThat(together(4, () -> send("POST", "", JSON, reads))).allMatch(MemoryAttackTest::refused);
        assertThat(together(4, () -> send("POST", "", JSON, numbers))).allMatch(MemoryAttackTest::refused);
    }

    @Test
    void aBatchThatReadsMuchIsRefusedInPart() throws Exception {
        byte[] batch = HostileInputs.batchOfReads("Binary/large", 20);

        HttpResponse<InputStream> answer = HTTP.send(
                request("POST", "", JSON)
                        .POST(BodyPublishers.ofByteArray(batch))
                        .build(),
                BodyHandlers.ofInputStream());

        assertThat(answer.statusCode()).isIn(200, 413, 503);
        answer.body().transferTo(OutputStream.nullOutputStream());
    }

    @Test
    void unreadResponsesHoldNoMemory() throws Exception {
        List<Socket> unread = new ArrayList<>();
        try {
            for (int i = 0; i < 25; i++) {
                unread.add(open("GET /fhir/Binary/large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            }

            // Each of them is copied to a file, one after the other; until that is done, 503 is a right answer.
            HttpResponse<InputStream> answer = await().atMost(Duration.ofMinutes(2))
                    .until(
                            () -> HTTP.send(
                                    request("GET", "/Binary/large", JSON).GET().build(), BodyHandlers.ofInputStream()),
                            got -> got.statusCode() != 503);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body().transferTo(OutputStream.nullOutputStream()))
                    .isGreaterThan(56 * MB);
        } finally {
            close(unread);
        }
    }

    @Test
    void largeResourcesArePatchedOneAtATimeOrNotAtAll() throws Exception {
        byte[] document =
                bytes("{\"resourceType\":\"DocumentReference\",\"id\":\"d\",\"status\":\"current\",\"content\":"
                        + "[{\"attachment\":{\"data\":\"" + "QUJD".repeat(10 * MB) + "\"}}]}");
        assertThat(send("PUT", "/DocumentReference/d", JSON, document).statusCode())
                .isEqualTo(201);
        byte[] patch = bytes("[{\"op\":\"add\",\"path\":\"/description\",\"value\":\"x\"}]");

        assertThat(together(6, () -> send("PATCH", "/DocumentReference/d", "application/json-patch+json", patch)))
                .allMatch(status -> status == 200 || refused(status));
    }

    @Test
    void manyLoadsAtATimeShareTheMemory() throws Exception {
        String line = "{\"resourceType\":\"Basic\",\"id\":\"b%d\",\"language\":\"" + "x".repeat(20_000) + "\"}\n";
        byte[] ndjson = bytes(IntStream.range(0, 400)
                .mapToObj(n -> String.format(Locale.ROOT, line, n))
                .collect(Collectors.joining()));

        assertThat(together(24, () -> send("POST", "/$import", NDJSON, ndjson)))
                .allMatch(status -> status == 200 || status == 503)
                .contains(200);
    }

    @Test
    void aLargeTransactionIsDoneOrRefusedAsAWhole() throws Exception {
        String entry =
                "{\"request\":{\"method\":\"PUT\",\"url\":\"Binary/t%d\"},\"resource\":{\"resourceType\":\"Binary\","
                        + "\"id\":\"t%d\",\"contentType\":\"a/b\",\"data\":\"" + "QUJD".repeat(MB) + "\"}}";
        String entries = IntStream.range(0, 3)
                .mapToObj(n -> String.format(Locale.ROOT, entry, n, n))
                .collect(Collectors.joining(","));
        byte[] bundle = bytes("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" + entries + "]}");

        assertThat(together(
                        3,
                        () -> HTTP.send(
                                HttpRequest.newBuilder(process.base())
                                        .header("Content-Type", JSON)
                                        .header("Prefer", "return=representation")
                                        .POST(BodyPublishers.ofByteArray(bundle))
                                        .build(),
                                BodyHandlers.ofString())))
                .allMatch(status -> status == 200 || refused(status))
                .contains(200);
    }

    private static boolean refused(int status) {
        return status == 400 || status == 413 || status == 503;
    }

    private static List<Integer> together(int times, Callable<HttpResponse<String>> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : threads.invokeAll(
                    IntStream.range(0, times).mapToObj(n -> request).toList())) {
                statuses.add(answer.get().statusCode());
            }
            return statuses;
        } finally {
            threads.shutdown();
        }
    }

    private static HttpRequest.Builder request(String method, String path, String type) {
        return HttpRequest.newBuilder(URI.create(process.base() + path))
                .timeout(Duration.ofMinutes(2))
                .header("Content-Type", type)
                .header("Prefer", "return=minimal, respond-async")
                .method(method, BodyPublishers.noBody());
    }

    private static HttpResponse<String> send(String method, String path, String type, byte[] body) throws Exception {
        HttpRequest.Builder request = request(method, path, type);
        if (body.length > 1 && body[0] == 0x1f) {
            request.header("Content-Encoding", "gzip");
        }
        return HTTP.send(
                request.method(method, BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString());
    }

    private static Socket open(String head) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), process.base().getPort());
        socket.getOutputStream().write(bytes(head));
        return socket;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
