package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Chains of de-identified exports: a client that applies each of them holds data that joins. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DeidentifiedChainTest {
    private static final String TARGET = "_container=study&_anonymizationConfig=";

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void putRules() {
        ExportSteps.putRules(server, "rules.json", DeidentifiedExportContract.RULES);
        ExportSteps.putRules(
                server, "other.json", DeidentifiedExportContract.RULES.replace("a key of the study", "another"));
        ExportSteps.putRules(
                server, "no-ids.json", DeidentifiedExportContract.RULES.replace("\"cryptoHash\"", "\"redact\""));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aChainOfExportsWithOneKeyGivesWhatJoins() {
        put("/Practitioner/p", "\"name\":[{\"text\":\"Jo\"}]");
        put("/Encounter/e", "\"participant\":[{\"individual\":{\"reference\":\"Practitioner/p\"}}]");
        String path = "/$export?_type=Practitioner,Encounter&" + TARGET + "rules.json&_since=";
        Mirror mirror = new Mirror(server);
        mirror.apply(client.export(path + mirror.since()));
        String first = joined(mirror);

        put(
                "/Encounter/e",
                "\"status\":\"finished\",\"participant\":[{\"individual\":{\"reference\":\"Practitioner/p\"}}]");
        mirror.apply(client.export(path + mirror.since()));
        assertThat(mirror.lines()).hasSize(2);
        assertThat(joined(mirror)).isEqualTo(first);

        Mirror other = new Mirror(server);
        other.apply(client.export(path.replace("rules.json", "other.json") + other.since()));
        assertThat(joined(other)).isNotEqualTo(first);

        server.delete("/Practitioner/p");
        Export last = client.export(path + mirror.since());
        assertThat(Mirror.deleted(server, last)).containsExactly(first);
        mirror.apply(last);
        assertThat(mirror.lines()).hasSize(1);
    }

    /** The practitioner, to whom the encounter refers. */
    private static String joined(Mirror mirror) {
        String practitioner = mirror.lines().stream()
                .map(ExportClient::key)
                .filter(key -> key.startsWith("Practitioner/"))
                .findFirst()
                .orElseThrow();
        assertThat(mirror.lines()).anyMatch(line -> line.contains("\"reference\":\"" + practitioner + "\""));
        return practitioner;
    }

    @Test
    void deletionsThatHaveNoIdAreCounted() {
        put("/Location/l", "\"name\":\"x\"");
        String since = client.export("/$export?_type=Location").transactionTime();
        server.delete("/Location/l");

        Export export = client.export("/$export?_type=Location&" + TARGET + "no-ids.json&_since=" + since);

        assertThat(export.manifest().path("deleted")).isEmpty();
        assertThat(server.get(export.manifest()
                                .path("error")
                                .path(0)
                                .path("url")
                                .asString())
                        .body())
                .contains("1 deleted Location are not listed, since the rules remove the ids of Location");
    }

    private void put(String path, String rest) {
        String[] parts = path.split("/", -1);
        assertThat(server.put(
                                path,
                                "application/fhir+json",
                                "{\"resourceType\":\"" + parts[1] + "\",\"id\":\"" + parts[2] + "\"," + rest + "}")
                        .statusCode())
                .isBetween(200, 201);
    }
}
