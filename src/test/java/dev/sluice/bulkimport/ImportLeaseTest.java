package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StoredBlobs;
import dev.sluice.job.PausedWorkers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** An import whose unit another process takes over while this one loads the file. */
@IntegrationTest
class ImportLeaseTest {
    /** The other process may have written the file, and may have another one's lines in it. */
    @Test
    void noErrorFileIsWrittenWithoutTheLease(@TempDir Path root) throws IOException {
        Path mixed = Files.writeString(
                root.resolve("f.ndjson"), "no JSON\n{\"resourceType\":\"Patient\",\"id\":\"taken\"}\n");
        String database = TestDatabase.freshUrl();
        try (SluiceServer server =
                SluiceServer.start("--sluice.import.root=" + root, "--spring.datasource.url=" + database)) {
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            PausedWorkers workers;
            try (HeldLine held = HeldLine.of(server, database, "taken")) {
                server.post(
                        "/$import",
                        "application/fhir+json",
                        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\","
                                + "\"valueString\":\"application/fhir+ndjson\"},{\"name\":\"mode\",\"valueString\":\"IncrementalLoad\"},"
                                + "{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":\"Patient\"},"
                                + "{\"name\":\"url\",\"valueUri\":\"" + mixed.toUri() + "\"}]}]}",
                        "Prefer",
                        "respond-async");
                held.awaitWriter();
                workers = PausedWorkers.of(server);
                jdbc.update("update work_unit set lease_owner = 'another', lease_version = lease_version + 1,"
                        + " due_at = now() + interval '1 minute'");
            }
            await().until(workers::isIdle);
            BlobStore blobs = server.bean(BlobStore.class);
            assertThat(StoredBlobs.in(blobs, ContainerName.IMPORT_ERRORS)).isEmpty();

            jdbc.update("update work_unit set lease_owner = null, due_at = now()");
            workers.resume();

            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            StoredBlobs.in(blobs, ContainerName.IMPORT_ERRORS).size() == 1);
            assertThat(server.get("/Patient/taken").statusCode()).isEqualTo(200);
        } finally {
            TestDatabase.drop(database);
        }
    }
}
