package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** How long a finished export stays: its retention, but not while somebody reads it. */
@SlowTest
class JobRetentionTest {
    private static final int RESOURCES = 4_000;

    @TempDir
    Path blobs;

    @Test
    void aFileThatIsBeingReadIsNotErasedHoweverSlowTheReader() throws Exception {
        try (SluiceServer server =
                SluiceServer.start("--sluice.export.retention=1s", "--sluice.storage.local.root=" + blobs)) {
            Ward.load(
                    server,
                    IntStream.range(0, RESOURCES)
                            .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                    + "x".repeat(2_000) + "\"}}\n")
                            .collect(Collectors.joining()));
            String job = new ExportClient(server)
                    .kickOff("/$export")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            assertThat(new ExportClient(server).awaitEnd(job).statusCode()).isEqualTo(200);

            byte[] file = readSlowly(URI.create(job + "/files/Basic-1.ndjson"));

            assertThat(new String(file, StandardCharsets.UTF_8).lines()).hasSize(RESOURCES);
            assertThat(server.get(job + "/files/Basic-1.ndjson", "Range", "bytes=0-9")
                            .statusCode())
                    .isEqualTo(206);
            server.bean(JdbcTemplate.class).update("update job set expires_at = now()"); // instead of waiting a minute
            await().atMost(Duration.ofSeconds(25)).until(() -> containers() == 0);
            assertThat(server.get(job).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void anExportOutlivesTheSignedUrlsThatItsManifestGives() {
        try (SluiceServer server = SluiceServer.start(
                "--sluice.storage.kind=azure",
                "--sluice.storage.azure.connection-string="
                        + AzuriteServer.shared().connectionString(),
                "--sluice.storage.download=sas",
                "--sluice.storage.azure.sas-lifetime=2h",
                "--sluice.export.retention=5s")) {
            server.put("/Patient/ann", "application/fhir+json", "{\"resourceType\":\"Patient\",\"id\":\"ann\"}");
            ExportClient client = new ExportClient(server);
            String job = client.kickOff("/$export")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            Instant before = Instant.now();

            String expires =
                    client.awaitEnd(job).headers().firstValue("Expires").orElseThrow();

            assertThat(ZonedDateTime.parse(expires, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .isAfter(before.plus(Duration.ofHours(2)).minusSeconds(2));
        }
    }

    /** Reads a little, waits for longer than the retention and a look of the watchdog, and reads the rest. */
    private static byte[] readSlowly(URI url) throws Exception {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = url.toURL().openStream()) {
            read.write(in.readNBytes(100_000));
            Thread.sleep(FaultTally.times(13_000, 45_000));
            in.transferTo(read);
        }
        return read.toByteArray();
    }

    /** Without that of the marks of stores. */
    private long containers() throws Exception {
        try (Stream<Path> all = Files.list(blobs)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !name.equals("sluice-stores"))
                    .count();
        }
    }
}
