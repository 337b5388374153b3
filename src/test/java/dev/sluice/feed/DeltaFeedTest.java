package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.delta.DeltaReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feed keeps tables of Delta Lake up to date. */
@IntegrationTest
class DeltaFeedTest {
    @TempDir
    private Path blobs;

    @Test
    void eachRunIsAVersion() {
        try (SluiceServer server = SluiceServer.start("--sluice.storage.local.root=" + blobs)) {
            FeedClient feeds = new FeedClient(server);
            feeds.define("lake", "$export?_type=Patient&_outputFormat=delta&_container=lake", "\"snapshotEvery\":1");
            DeltaReader table = DeltaReader.of(blobs.resolve("lake/Patient"));
            for (int run = 0; run < 4; run++) {
                put(server, "p" + run);
                if (run > 1) {
                    server.delete("/Patient/p" + (run - 2));
                }
                feeds.link("lake");
                assertThat(table.version()).isEqualTo(run);
            }
            feeds.awaitAll("lake");

            assertThat(table.version()).isEqualTo(3);
            assertThat(feeds.runs("lake")).hasSize(4);
            assertThat(table.rows(1, "id")).containsExactly("p0", "p1");
            assertThat(table.rows(3, "id")).containsExactly("p2", "p3");
        }
    }

    private static void put(SluiceServer server, String id) {
        assertThat(server.put(
                                "/Patient/" + id,
                                "application/fhir+json",
                                "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}")
                        .statusCode())
                .isIn(200, 201);
    }
}
