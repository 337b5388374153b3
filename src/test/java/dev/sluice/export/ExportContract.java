package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.StoredBlobs;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** What exports hold, whatever the storage. The store does not change meanwhile. */
@TestInstance(Lifecycle.PER_CLASS)
@IntegrationTest
class ExportContract {
    final SluiceServer server = SluiceServer.start(storage());
    final ExportClient client = new ExportClient(server);

    /** The storage, as options. */
    String[] storage() {
        return new String[0];
    }

    @BeforeAll
    void load() {
        Ward.load(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void systemExportHoldsEveryLiveResourceOnceByteForByteButForMeta() {
        Export export = client.export("/$export");

        List<String> live = Ward.NDJSON
                .lines()
                .filter(line -> !line.contains("\"id\":\"gone\""))
                .sorted()
                .toList();
        assertThat(export.all().stream().map(ExportContract::withoutMeta).sorted())
                .containsExactlyElementsOf(live);
        assertThat(export.all()).allMatch(line -> line.contains("\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2"));
        assertThat(export.manifest().path("error")).isEmpty();
    }

    @Test
    void patientExportHoldsTheCompartmentsOfPatientsWhoAreNotDeletedEachResourceOnce() {
        assertThat(client.export("/Patient/$export").keys())
                .containsExactly(
                        "Appointment/of-both",
                        "Group/former",
                        "Group/only-ann",
                        "Group/ring",
                        "Observation/of-ann",
                        "Observation/of-bob",
                        "Observation/of-nobody",
                        "Patient/ann",
                        "Patient/bob");
    }

    @Test
    void groupExportHoldsTheMembersCompartmentsAndTheGroupAndNoOtherGroup() {
        assertThat(client.export("/Group/only-ann/$export").keys())
                .containsExactly("Appointment/of-both", "Group/only-ann", "Observation/of-ann", "Patient/ann");
    }

    @Test
    void groupsInGroupsAreFollowedOnceAndWhatCannotBeFollowedIsReported() {
        Export export = client.export("/Group/ring/$export");

        assertThat(export.keys())
                .containsExactly(
                        "Appointment/of-both",
                        "Group/ring",
                        "Observation/of-ann",
                        "Observation/of-bob",
                        "Patient/ann",
                        "Patient/bob");
        assertThat(server.get(export.manifest()
                                .path("error")
                                .path(0)
                                .path("url")
                                .asString())
                        .body())
                .contains("Group/missing")
                .contains("1 member(s)");
    }

    @Test
    void aGroupWithoutMembersGivesAnEmptyManifest() {
        for (String group : List.of("empty", "former")) {
            Export export = client.export("/Group/" + group + "/$export");

            assertThat(export.manifest().path("output").isArray()).isTrue();
            assertThat(export.manifest().path("output")).isEmpty();
        }
    }

    @Test
    void typesNarrowTheExportAndCommasAreRepeats() {
        List<String> expected = List.of("Observation/of-ann", "Observation/of-bob", "Patient/ann", "Patient/bob");

        assertThat(client.export("/Group/ring/$export?_type=Patient,Observation")
                        .keys())
                .isEqualTo(expected);
        assertThat(client.export("/Group/ring/$export?_type=Patient&_type=Observation")
                        .keys())
                .isEqualTo(expected);
        assertThat(client.export("/Patient/$export?_type=Observation").types()).containsExactly("Observation");
    }

    @Test
    void filtersNarrowTheirOwnTypeOnlyAndSeveralAreAUnion() {
        String loinc = "Observation%3Fcode%3Dhttp://loinc.org%7C";

        assertThat(client.export("/$export?_type=Patient,Observation&_typeFilter=" + loinc + "8302-2")
                        .keys())
                .containsExactly("Observation/of-ann", "Patient/ann", "Patient/bob");
        assertThat(client.export("/$export?_type=Observation&_typefilter=" + loinc + "8302-2," + loinc + "8480-6")
                        .keys())
                .containsExactly("Observation/of-ann", "Observation/of-bob");
        assertThat(client.export("/$export?_type=Observation&_typeFilter=" + loinc + "8302-2&_typeFilter=" + loinc
                                + "8302-2,8480-6")
                        .keys())
                .containsExactly("Observation/of-ann", "Observation/of-bob");
        assertThat(client.export("/Group/ring/$export?_type=Patient,Observation&_typeFilter=Patient%3Fgender%3Dmale")
                        .keys())
                .containsExactly("Observation/of-ann", "Observation/of-bob", "Patient/bob");
        assertThat(client.export("/$export?_type=Observation&_typeFilter=" + loinc + "nothing")
                        .manifest()
                        .path("output"))
                .isEmpty();
    }

    @Test
    void filesGoIntoAFolderOfTheContainerThatTheClientNames() {
        Export export = client.export("/$export?_type=Patient&_container=daily");

        assertThat(StoredBlobs.in(blobs(), "daily"))
                .allSatisfy(path -> assertThat(path.folder()).matches("\\d{8}T\\d{6}-" + id(export)))
                .extracting(BlobPath::name)
                .containsExactly("Patient-1.ndjson", "manifest.json");
    }

    /** A client could have another one's files erased by its own DELETE otherwise, or read them. */
    @Test
    void containersThatSluiceCreatesForItselfAreClosed() {
        Export export = client.export("/$export?_type=Patient");
        String own = server.bean(JdbcTemplate.class)
                .queryForObject(
                        "select cast(output as jsonb) ->> 'container' from job where id = cast(? as uuid)",
                        String.class,
                        id(export));

        for (String container : List.of(own, "sluice-stores", "import-errors", "export-" + id(export))) {
            assertThat(ExportClient.outcome(400, client.kickOff("/$export?_container=" + container)))
                    .singleElement()
                    .asString()
                    .contains("'" + container + "', a container that Sluice creates for itself");
        }
        for (String container : List.of(own, "sluice-stores", "import-errors")) {
            String url = blobs().uri(BlobPath.of(container, "Patient-1.ndjson")).toString();
            assertThat(ExportClient.outcome(400, kickOffImport(url)))
                    .singleElement()
                    .asString()
                    .contains("is in a container that this server has created for itself");
        }
    }

    @Test
    void exportOfAnotherStoreCanBeImported() {
        String container = "20261123t101500-2f0d4c1e-8a55-4c0b-9f5e-0123456789ab";
        BlobPath file = BlobPath.of(container, "Patient-1.ndjson");
        blobs().createContainer(container);
        try (BlobWriter writer = blobs().create(file, BlobStore.Encoding.IDENTITY)) {
            writer.commit();
        }

        HttpResponse<String> accepted = kickOffImport(blobs().uri(file).toString());

        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        blobs().deleteContainer(container);
    }

    private HttpResponse<String> kickOffImport(String url) {
        return server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\""
                        + url + "\"}]}]}",
                "Prefer",
                "respond-async");
    }

    @Test
    void theManifestCountsAndHashesEachFile() throws Exception {
        Export export = client.export("/$export");

        for (JsonNode file : export.manifest().path("output")) {
            byte[] body = server.get(file.path("url").asString()).body().getBytes(StandardCharsets.UTF_8);
            assertThat(file.path("extension").path("sha256").asString())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        }
        assertThat(export.manifest().path("requiresAccessToken").asBoolean()).isFalse();
        assertThat(export.manifest().path("request").asString()).isEqualTo(server.base() + "/$export");
    }

    final BlobStore blobs() {
        return server.bean(BlobStore.class);
    }

    /** A line as it was before it was stored. */
    static String withoutMeta(String line) {
        return line.replaceFirst("\"versionId\":\"\\d+\",\"lastUpdated\":\"[^\"]+\",?", "")
                .replaceFirst("\"meta\":\\{},", "");
    }

    static String id(Export export) {
        return export.job().substring(export.job().lastIndexOf('/') + 1);
    }
}
