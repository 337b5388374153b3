package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The methods of de-identification on the largest values that a resource can have, in a process with a heap of 256 MB. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class LargeValuesTest {
    private static final int MB = 1 << 20;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path home;
    private final String database = TestDatabase.freshUrl();
    private final SluiceServer onlooker;
    private final ExportClient client;
    private final SluiceProcess process;

    LargeValuesTest(@TempDir Path home) throws Exception {
        this.home = home;
        onlooker =
                SluiceServer.start("--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api");
        client = new ExportClient(onlooker);
        process = SluiceProcess.start(
                home.resolve("process.log"),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home);
    }

    @BeforeAll
    void load() throws Exception {
        Files.createDirectories(home.resolve("blobs/anonymization"));
        HttpRequest imported = HttpRequest.newBuilder(URI.create(process.base() + "/$import"))
                .header("Content-Type", "application/fhir+ndjson")
                .POST(BodyPublishers.ofInputStream(() -> LargeResource.ndjson(List.of(
                        new LargeResource("Binary", "large", 63 * MB),
                        new LargeResource("DocumentReference", "large", 63 * MB)))))
                .build();
        assertThat(HTTP.send(imported, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    @AfterAll
    void stop() throws Exception {
        System.out.println("peak of the process: " + process.peakBytes() / MB + " MB");
        process.close();
        onlooker.close();
        TestDatabase.drop(database);
        assertThat(Files.readString(home.resolve("process.log"))).doesNotContain("OutOfMemoryError");
    }

    @ParameterizedTest
    @CsvSource({"keep, 200", "redact, 200", "cryptoHash, 200", "dateShift, 200", "substitute, 200", "encrypt, 500"})
    void aLargeValueIsWritten(String method, int status) throws Exception {
        Files.writeString(
                home.resolve("blobs/anonymization/rules.json"),
                "{\"fhirPathRules\":[{\"path\":\"Binary.data\",\"method\":\"" + method
                        + "\",\"replaceWith\":\"YQ==\"},{\"path\":\"DocumentReference.content.attachment.data\",\"method\":\""
                        + method
                        + "\",\"replaceWith\":\"YQ==\"},{\"path\":\"Resource.id\",\"method\":\"cryptoHash\"}]}");
        HttpResponse<String> kickOff = client.kickOff("/$export?_container=study&_anonymizationConfig=rules.json");
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        URI job = URI.create(kickOff.headers().firstValue("Content-Location").orElseThrow());
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            assertThat(process.isReady()).isTrue();
            return get(job).statusCode() != 202;
        });
        HttpResponse<String> end = get(job);
        assertThat(end.statusCode()).as(end.body()).isEqualTo(status);
        HttpRequest liveness = HttpRequest.newBuilder(process.base().resolve("/actuator/health/liveness"))
                .timeout(Duration.ofSeconds(10))
                .build();
        assertThat(HTTP.send(liveness, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> get(URI url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }
}
