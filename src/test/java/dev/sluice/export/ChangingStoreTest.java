package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlobs;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an export shows when the store changes before, during and after it. */
@SlowTest
class ChangingStoreTest {
    private SluiceServer server;
    private ExportClient client;

    @BeforeEach
    void start() {
        server = SluiceServer.start();
        client = new ExportClient(server);
        Ward.load(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sinceTakesWhatChangedItselfAndNotTheCohort() {
        Export first = client.export("/Patient/$export");
        Ward.load(
                server,
                "{\"resourceType\":\"Observation\",\"id\":\"new\",\"status\":\"final\",\"code\":{\"text\":\"y\"},"
                        + "\"subject\":{\"reference\":\"Patient/ann\"}}\n");

        assertThat(client.export("/Patient/$export?_since=" + first.transactionTime())
                        .keys())
                .containsExactly("Observation/new");
        assertThat(client.export("/Group/only-ann/$export?_since=" + first.transactionTime())
                        .keys())
                .containsExactly("Observation/new");
        assertThat(client.export("/$export?_since=2999").keys()).isEmpty();
    }

    @Test
    void sinceListsDeletionsAsTransactionsAndWhatIsThereAgainOnlyInTheOutput() {
        Export before = client.export("/$export");
        server.delete("/Observation/of-ann");
        server.delete("/Observation/of-bob");
        server.delete("/Organization/clinic");
        Ward.load(server, "{\"resourceType\":\"Organization\",\"id\":\"clinic\"}\n");

        Export after = client.export("/$export?_since=" + before.transactionTime());
        Export ann = client.export("/Group/only-ann/$export?_since=" + before.transactionTime());

        assertThat(after.keys()).containsExactly("Organization/clinic");
        assertThat(Mirror.bundles(server, after))
                .containsExactly("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                        + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Observation/of-ann\"}},"
                        + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Observation/of-bob\"}}]}");
        assertThat(ann.keys()).isEmpty();
        assertThat(Mirror.bundles(server, ann))
                .singleElement()
                .asString()
                .contains("of-ann")
                .doesNotContain("of-bob");
        assertThat(before.manifest().has("deleted")).isFalse();
    }

    @Test
    void aChainOfExportsLeavesAClientWithTheState() {
        Mirror mirror = new Mirror(server);
        Random random = new Random(5);

        for (int round = 0; round < 8; round++) {
            change(random);
            mirror.apply(client.export("/$export?_since=" + mirror.since()));

            assertThat(mirror.lines())
                    .containsExactlyInAnyOrderElementsOf(
                            client.export("/$export").all());
        }
    }

    private void change(Random random) {
        for (int i = 0; i < 20; i++) {
            String id = "r" + random.nextInt(25);
            if (random.nextInt(3) == 0) {
                server.delete("/Basic/" + id);
            } else {
                String text = "\"code\":{\"text\":\"" + random.nextInt() + "\"}";
                Ward.load(server, "{\"resourceType\":\"Basic\",\"id\":\"" + id + "\"," + text + "}\n");
            }
        }
    }

    @Test
    void untilShowsTheStateOfThatMoment() {
        Export before = client.export("/$export");
        server.put(
                "/Patient/ann",
                "application/fhir+json",
                "{\"resourceType\":\"Patient\",\"id\":\"ann\",\"active\":false}");
        server.delete("/Observation/of-bob");
        Ward.load(server, "{\"resourceType\":\"Patient\",\"id\":\"new\"}\n");

        assertThat(client.export("/$export?_until=" + before.transactionTime()).lines())
                .isEqualTo(before.lines());
        assertThat(client.export("/$export?_till=" + before.transactionTime()).lines())
                .isEqualTo(before.lines());
        assertThat(client.export("/$export").keys()).contains("Patient/new").doesNotContain("Observation/of-bob");
    }

    @Test
    void untilDoesNotNarrowThePatientsWhoAreThereAtTheKickOff() {
        Ward.load(
                server,
                "{\"resourceType\":\"Observation\",\"id\":\"early\",\"status\":\"final\",\"code\":{\"text\":\"y\"},"
                        + "\"subject\":{\"reference\":\"Patient/late\"}}\n");
        String before = client.export("/$export?_type=Observation").transactionTime();
        Ward.load(server, "{\"resourceType\":\"Patient\",\"id\":\"late\"}\n");

        assertThat(client.export("/Patient/$export?_until=" + before).keys())
                .contains("Observation/early")
                .doesNotContain("Patient/late");
    }

    @Test
    void anExportShowsItsKickOffWhateverIsWrittenBeforeItRuns() {
        HttpResponse<String> kickOff = client.kickOff("/$export?_type=Patient");
        Ward.load(
                server,
                "{\"resourceType\":\"Patient\",\"id\":\"late\"}\n{\"resourceType\":\"Patient\",\"id\":\"ann\"}\n");
        server.delete("/Patient/bob");

        Export export = client.await(kickOff);

        assertThat(export.keys()).containsExactly("Patient/ann", "Patient/bob");
        assertThat(export.all()).allMatch(line -> line.contains("\"versionId\":\"1\""));
    }

    @Test
    void aFinishedExportThatIsReleasedLeavesTheClientsFilesAndErasesItsOwn() {
        Export own = client.export("/$export");
        Export named = client.export("/$export?_container=daily");

        assertThat(server.delete(own.job()).statusCode()).isEqualTo(202);
        assertThat(server.delete(named.job()).statusCode()).isEqualTo(202);

        String file = own.manifest().path("output").path(0).path("url").asString();
        assertThat(outcome(404, server.get(own.job()))).hasSize(1);
        assertThat(outcome(404, server.get(file))).hasSize(1);
        awaitErased();
        assertThat(StoredBlobs.in(server.bean(BlobStore.class), "daily")).isNotEmpty();
    }

    /** Waits until no job is left. */
    private void awaitErased() {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Integer.valueOf(0)
                        .equals(server.bean(JdbcTemplate.class)
                                .queryForObject("select count(*) from job", Integer.class)));
    }
}
