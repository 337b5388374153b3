package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.ingest.Gzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed data that is damaged is refused at every way in, with the place; what was loaded before it is told. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DamagedGzipTest {
    private static final Path CASES = Path.of("../shared/cases");

    @TempDir
    static Path root;

    private SluiceServer server;

    @BeforeAll
    void start() {
        server = SluiceServer.start("--sluice.import.root=" + root);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aDamagedHeaderOfALaterMemberIsNotTheEnd() {
        byte[] first = Gzip.pack(patient("h1") + patient("h2") + "no resource\n");
        byte[] second = Gzip.pack(patient("h3"));
        second[0] ^= 1;

        assertBroken(join(first, second), first.length, 2, 1);

        assertThat(server.get("/Patient/h2").statusCode()).isEqualTo(200);
        assertThat(server.get("/Patient/h3").statusCode()).isEqualTo(404);
    }

    @Test
    void nothingMayStandBetweenMembersNorBehindThem() {
        byte[] first = Gzip.pack(patient("b1"));

        assertBroken(join(first, new byte[] {'\n'}, Gzip.pack(patient("b2"))), first.length, 1, 0);
        assertBroken(join(first, new byte[512]), first.length, 1, 0);
    }

    @Test
    void aMemberThatIsCutOffIsNotTheEnd() {
        byte[] first = Gzip.pack(patient("c1"));
        byte[] both = join(first, Gzip.pack(patient("c2")));

        List<String> told = ExportClient.outcome(
                400, load("/$import", "application/fhir+ndjson", Arrays.copyOf(both, both.length - 9)));
        assertThat(told.get(0))
                .startsWith("The content is compressed by gzip, and damaged: it ends at byte " + (both.length - 9)
                        + ", in the middle of a gzip member.");
        assertThat(told.get(1)).startsWith("Of the lines before that, ");
    }

    @Test
    void aFileOfAJobIsHeldToTheSame() throws IOException {
        byte[] first = Gzip.pack(patient("j1") + patient("j2"));
        Path file = Files.write(root.resolve("Patient.ndjson.gz"), join(first, new byte[] {0}));

        HttpResponse<String> accepted = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"mode\",\"valueString\":\"InitialLoad\"},"
                        + "{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":\"Patient\"},"
                        + "{\"name\":\"url\",\"valueUri\":\"" + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String job = accepted.headers().firstValue("Content-Location").orElseThrow();

        await().atMost(Duration.ofSeconds(30)).until(() -> server.get(job).statusCode() != 202);
        assertThat(server.get(job).body())
                .contains("Patient.ndjson.gz", "it breaks at byte " + first.length, "2 are loaded and stay");
    }

    @Test
    void theBodyOfASingleResourceIsHeldToTheSame() {
        byte[] body = Gzip.pack("{\"resourceType\":\"Patient\",\"id\":\"s1\"}");

        for (String path : new String[] {"/Patient", "/"}) {
            assertThat(ExportClient.outcome(400, load(path, "application/fhir+json", join(body, new byte[] {'\n'})))
                            .get(0))
                    .contains("it breaks at byte " + body.length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip-second-member-header-damaged.ndjson.gz", "gzip-two-members-newline-between.ndjson.gz"})
    void casesOfRealLife(String name) throws IOException {
        assumeThat(CASES.resolve(name)).exists();

        assertBroken(Files.readAllBytes(CASES.resolve(name)), 56, 1, 0);
    }

    private void assertBroken(byte[] body, int at, int loaded, int leftOut) {
        List<String> told = ExportClient.outcome(400, load("/$import", "application/fhir+ndjson", body));

        assertThat(told.get(0))
                .isEqualTo("The content is compressed by gzip, and damaged: it breaks at byte " + at
                        + ": what follows the end of the content is not gzip. Compress it again, or send it without"
                        + " compression.");
        assertThat(told.get(1))
                .startsWith("Of the lines before that, " + loaded + " are loaded and stay (")
                .endsWith("and " + leftOut + " are left out.");
    }

    private HttpResponse<String> load(String path, String type, byte[] body) {
        return server.send(
                "POST", path, BodyPublishers.ofByteArray(body), "Content-Type", type, "Content-Encoding", "gzip");
    }

    private static String patient(String id) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}\n";
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
