package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.IncludedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** What exports since a time, and those of the past, say of what changed about associated data. */
@SlowTest
class AssociatedDataChangesTest {
    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeEach
    void load() {
        Ward.load(server);
        Ward.load(server, AssociatedDataTest.DATA);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aChainGetsProvenanceWhenItOrWhatItIsAboutIsNew() {
        String first = client.export("/Patient/$export").transactionTime();

        observation("late", "ann");
        Ward.load(server, """
                {"resourceType":"Provenance","id":"new","target":[{"reference":"Observation/of-ann"}],"agent":[{"who":{"display":"x"}}]}
                {"resourceType":"Provenance","id":"of-obs-2","target":[{"reference":"Organization/clinic"}],"agent":[{"who":{"display":"x"}}]}
                """);
        server.delete("/Provenance/of-obs-1");
        server.delete("/Provenance/of-clinic");
        Export second = client.export("/Patient/$export?_since=" + first);

        assertThat(second.keys()).containsExactly("Observation/late", "Provenance/early", "Provenance/new");
        assertThat(Mirror.deleted(server, second))
                .containsExactlyInAnyOrder("Provenance/of-obs-1", "Provenance/of-obs-2");
    }

    @Test
    void aChainGetsWhatIsReferredToWhenItOrWhatRefersIsNew() {
        String path = "/Patient/$export?_type=Encounter&_includeReferencedDepth=2"
                + "&_includeReferenced=Practitioner,PractitionerRole,Organization";
        String first = client.export(path).transactionTime();

        Ward.load(server, "{\"resourceType\":\"Practitioner\",\"id\":\"doc\",\"active\":true}\n");
        Export second = client.export(path + "&_since=" + first);
        Ward.load(
                server,
                "{\"resourceType\":\"PractitionerRole\",\"id\":\"role\",\"practitioner\":{\"reference\":\"Practitioner/unseen\"}}\n");
        server.delete("/Organization/holding");
        Export third = client.export(path + "&_since=" + second.transactionTime());

        assertThat(second.keys()).containsExactly("Practitioner/doc");
        assertThat(third.keys()).containsExactly("Practitioner/unseen", "PractitionerRole/role");
        assertThat(Mirror.deleted(server, third)).containsExactly("Organization/holding");
    }

    @Test
    void everyVersionAndEveryDeletionIsExportedWhenThePastIsAskedFor() {
        observation("of-ann", "bob");
        server.delete("/Observation/of-bob");

        assertThat(versions("/$export?_type=Observation&includeAssociatedData=_history"))
                .containsExactlyInAnyOrder("of-ann 1", "of-ann 2", "of-bob 1", "of-gone 1", "of-nobody 1");
        assertThat(versions("/$export?_type=Observation&includeAssociatedData=_deleted"))
                .containsExactlyInAnyOrder("of-ann 2", "of-bob 2 deleted", "of-gone 1", "of-nobody 1");
        assertThat(versions("/$export?_type=Observation,Patient&includeAssociatedData=_history,_deleted"))
                .contains("of-bob 1", "of-bob 2 deleted", "gone 1", "gone 2 deleted");
    }

    @Test
    void thePastSinceATimeIsWhatWasWrittenAfterIt() {
        String since = client.export("/$export?_type=Observation").transactionTime();
        observation("of-ann", "bob");
        observation("of-ann", "ann");
        server.delete("/Observation/of-bob");

        String path = "/$export?_type=Observation&includeAssociatedData=_history,_deleted&_since=" + since;
        assertThat(versions(path)).containsExactlyInAnyOrder("of-ann 2", "of-ann 3", "of-bob 2 deleted");
    }

    @Test
    void nothingIsKeptOfWhatWasIncludedOnceAnExportIsOver() {
        client.export("/Patient/$export?_includeReferenced=Organization");
        IncludedRows included = server.bean(IncludedRows.class);
        UUID job = UUID.randomUUID();
        UUID late = included.begin(job);
        included.delete(job);
        included.addReferences(late, List.of(new ResourceKey(ResourceType.PATIENT, "ann")), true);
        included.end(late);

        for (String table : List.of("included_attempt", "included_row", "included_reference")) {
            assertThat(server.bean(JdbcTemplate.class).queryForObject("select count(*) from " + table, Integer.class))
                    .as(table)
                    .isZero();
        }
    }

    /** Id and version of each line, from the files themselves, since a resource may come more than once. */
    private List<String> versions(String path) {
        JsonNode manifest = new ExportClient(server).manifest(path);
        List<String> versions = new ArrayList<>();
        for (JsonNode file : manifest.path("output")) {
            server.get(file.path("url").asString()).body().lines().forEach(line -> {
                JsonNode resource = FhirJson.MAPPER.readTree(line);
                assertThat(resource.path("resourceType")).isEqualTo(file.path("type"));
                assertThat(resource.path("meta").path("lastUpdated").asString()).matches("\\d{4}-.*\\.\\d{3}Z");
                versions.add(resource.path("id").asString() + " "
                        + resource.path("meta").path("versionId").asString()
                        + (line.contains("soft-deleted") ? " deleted" : ""));
            });
        }
        assertThat(manifest.path("deleted")).isEmpty();
        return versions;
    }

    private void observation(String id, String patient) {
        Ward.load(
                server,
                "{\"resourceType\":\"Observation\",\"id\":\"" + id
                        + "\",\"status\":\"final\",\"code\":{\"text\":\"x\"}," + "\"subject\":{\"reference\":\"Patient/"
                        + patient + "\"}}\n");
    }
}
