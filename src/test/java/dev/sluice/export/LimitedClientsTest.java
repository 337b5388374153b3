package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.ExportSteps.ended;
import static dev.sluice.export.ExportSteps.files;
import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.imported;
import static dev.sluice.export.ExportSteps.keys;
import static dev.sluice.export.ExportSteps.kickOff;
import static dev.sluice.export.ExportSteps.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceType;
import dev.sluice.security.ClientLimits;
import dev.sluice.store.RowReader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.node.ObjectNode;

/** Clients that are limited to some Groups, containers or open jobs, and what they try beyond that. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class LimitedClientsTest {
    private static final String ALL = "system/*.*";
    private static final ClientLimits ONE_GROUP = ClientLimits.of(List.of("ring"), null, null);

    private final Path root;
    private final SluiceServer server;
    private final SluiceServer owner;
    private final SluiceServer other;

    LimitedClientsTest(@TempDir Path folder) throws IOException {
        root = folder.toRealPath();
        server = KnownTokens.server("--sluice.import.root=" + root, "--sluice.storage.local.root=" + storage(root));
        owner = server.as(KnownTokens.of("owner", ALL));
        other = server.as(KnownTokens.of("other", ALL));
    }

    @BeforeAll
    void load() {
        Ward.load(owner);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aGroupThatIsNotOfTheClientDoesNotExist() {
        SluiceServer limited = server.as(KnownTokens.of("limited", ALL, ONE_GROUP));
        for (String path : List.of("/Group/%s/$export", "/Group/%s/$export?_type=no", "/Group/%s/$export-estimate")) {
            List<String> there = outcome(404, kickOff(limited, path.formatted("only-ann")));
            List<String> missing = outcome(404, kickOff(limited, path.formatted("missing")));
            assertThat(there.toString().replace("only-ann", "missing")).isEqualTo(missing.toString());
        }

        assertThat(keys(owner, "/Group/ring/$export?_type=Patient")).containsExactly("Patient/ann", "Patient/bob");
        assertThat(keys(limited, "/Group/ring/$export?_type=Patient")).containsExactly("Patient/bob");
        assertThat(files(limited, "/Group/ring/$export?_type=Patient", "error"))
                .contains("Group/only-ann is named as a member and does not exist");
    }

    /** As the pages of Groups in the console do, which end when no more of them exist to the client. */
    @Test
    void aListOfSomeGroupsHasNoOthers() {
        assertThat(server.bean(RowReader.class).page(ResourceType.GROUP, "", List.of("former", "ring", "missing"), 9))
                .extracting(row -> row.version().key().id())
                .containsExactly("former", "ring");
    }

    @Test
    void aClientOfAGroupGetsNothingBeyondIt() {
        SluiceServer limited = server.as(KnownTokens.of("limited", ALL, ONE_GROUP));
        for (String path : List.of(
                "/$export",
                "/$export?_type=Group",
                "/Patient/$export",
                "/$export-estimate",
                "/Patient/$export-estimate",
                "/Group/ring/$export?_includeReferenced=Group",
                "/Group/ring/$export?_includeReferenced=Organization&includeAssociatedData=LatestProvenanceResources",
                "/Group/ring/$export?_includeReferenced=Patient&_includeReferencedDepth=3",
                "/Group/ring/$export?_type=Patient&_typeFilter=Patient%3F_has:Group:member:_id%3Donly-ann",
                "/Group/ring/$export?_type=Patient&_typeFilter=Patient%3Flink:Patient.gender%3Dfemale")) {
            assertThat(kickOff(owner, path).statusCode()).as(path).isIn(200, 202);
            assertThat(outcome(403, kickOff(limited, path))).as(path).hasSize(1);
        }
        SluiceServer asking = server.as(KnownTokens.of(
                "asking", "system/Patient.rs?_has:Group:member:_id=only-ann system/Group.rs", ONE_GROUP));
        assertThat(outcome(403, kickOff(asking, "/Group/ring/$export?_type=Patient"))
                        .toString())
                .contains("restriction of a scope asks for Group");
        assertThat(keys(limited, "/Group/ring/$export?_type=Group,Patient&_includeReferenced=Organization"))
                .containsExactly("Group/ring", "Organization/clinic", "Patient/bob");
        String job = finished(limited, "/Group/ring/$export");
        SluiceServer moved = server.as(KnownTokens.of("limited", ALL, ClientLimits.of(List.of("empty"), null, null)));
        assertThat(moved.get(job).statusCode()).isEqualTo(404);
    }

    @Test
    void aClientOfAGroupLearnsNothingOfDeletionsBeyondIt() {
        SluiceServer limited = server.as(KnownTokens.of("limited", ALL, ONE_GROUP));
        Ward.load(owner, "{\"resourceType\":\"Device\",\"id\":\"of-another\"}");
        assertThat(owner.delete("/Device/of-another").statusCode()).isEqualTo(204);
        String path = "/Group/ring/$export?_type=Patient&_includeReferenced=Device,Organization&_since=2020";

        assertThat(ScopeAttacksTest.answer(owner, path)).contains("Device/of-another");
        assertThat(outcome(403, kickOff(limited, path)).toString()).contains("Device", "_since", "handling=lenient");
        assertThat(ScopeAttacksTest.answer(limited, path + "&lenient"))
                .contains("deletions of these types cannot be listed", "\"id\":\"bob\"", "\"id\":\"clinic\"")
                .doesNotContain("of-another");
    }

    @Test
    void aClientOfAGroupGetsNoNewsOfWhoHasLeftIt() {
        SluiceServer limited = server.as(KnownTokens.of("watcher", ALL, ClientLimits.of(List.of("study"), null, null)));
        String group = "{\"resourceType\":\"Group\",\"id\":\"study\",\"type\":\"person\",\"actual\":true,\"member\":["
                + "{\"entity\":{\"reference\":\"Patient/yan\"}}%s]}";
        String visit = "{\"resourceType\":\"Encounter\",\"id\":\"%s\",\"status\":\"%s\",\"class\":{\"code\":\"AMB\"},"
                + "\"subject\":{\"reference\":\"Patient/zoe\"}}";
        String source =
                "{\"resourceType\":\"Provenance\",\"id\":\"%s\",\"target\":[{\"reference\":\"Encounter/before\"}],"
                        + "\"recorded\":\"2024-01-01T00:00:00Z\",\"agent\":[{\"who\":{\"display\":\"x\"}}]}";
        Ward.load(
                owner,
                String.join(
                        "\n",
                        "{\"resourceType\":\"Patient\",\"id\":\"yan\"}",
                        "{\"resourceType\":\"Patient\",\"id\":\"zoe\"}",
                        visit.formatted("before", "planned"),
                        source.formatted("source-before"),
                        group.formatted(",{\"entity\":{\"reference\":\"Patient/zoe\"}}")));
        String first = finished(limited, "/Group/study/$export");
        String since = manifest(limited, first).path("transactionTime").asString();
        Ward.load(owner, group.formatted(""));
        Ward.load(
                owner,
                String.join(
                        "\n",
                        visit.formatted("before", "finished"),
                        visit.formatted("after", "planned"),
                        source.formatted("source-after")));
        Ward.load(owner, visit.formatted("after", "finished"));

        String type = "/Group/study/$export?_type=Patient,Encounter,Provenance&_since=" + since;
        for (String path : List.of(type, type + "&includeAssociatedData=RelevantProvenanceResources")) {
            assertThat(ScopeAttacksTest.answer(limited, path))
                    .as(path)
                    .contains("Encounter/before", "Provenance/source-before")
                    .doesNotContain("Encounter/after", "Provenance/source-after");
        }
    }

    @Test
    void nobodyLearnsByTheParameterPatientWhoExists() {
        SluiceServer limited = server.as(KnownTokens.of("limited", ALL, ONE_GROUP));
        SluiceServer part = server.as(KnownTokens.of("part", "system/Patient.rs?gender=male system/Observation.rs"));
        SluiceServer none = server.as(KnownTokens.of("none", "system/Observation.rs"));

        assertThat(outcome(400, patient(owner, "/Patient/$export", "nobody")).toString())
                .contains("not on this server");
        assertThat(outcome(400, patient(limited, "/Group/ring/$export", "ann"))
                        .toString()
                        .replace("ann", "nobody"))
                .isEqualTo(outcome(400, patient(limited, "/Group/ring/$export", "nobody"))
                        .toString());
        for (String id : List.of("ann", "nobody")) {
            assertThat(outcome(403, patient(part, "/Patient/$export", id)).toString())
                    .contains("'patient' cannot be used");
            assertThat(outcome(403, patient(none, "/Patient/$export", id)).toString())
                    .contains("system/Patient.rs");
            assertThat(outcome(400, patient(none, "/$export", id)).toString()).doesNotContain("not on this server");
        }
    }

    @Test
    void containersAreThoseOfTheClient() throws IOException {
        SluiceServer limited = server.as(KnownTokens.of("limited", ALL, ClientLimits.of(null, List.of("mine"), null)));
        String job = finished(owner, "/$export?_type=Patient&_container=theirs");
        String folder = entry("files/theirs", job);
        String own = ownContainer(finished(owner, "/$export?_type=Patient"));

        assertThat(outcome(403, kickOff(limited, "/$export?_container=theirs")).toString())
                .contains("'theirs'");
        assertThat(outcome(400, kickOff(limited, "/$export?_container=" + own))).isNotEmpty();
        finished(limited, "/$export?_type=Patient&_container=mine");
        for (String path : List.of("link/theirs/" + folder, "files/theirs/" + folder, "files/theirs/nothing")) {
            String url = root.resolve(path).resolve("Patient-1.ndjson").toUri().toString();
            assertThat(outcome(403, imported(limited, url)).toString()).contains("'theirs'", "may not use");
        }
        // An import that is still writing would hold back the time of the exports of the next test.
        ended(
                owner,
                imported(
                        owner,
                        root.resolve("files/theirs/" + folder + "/Patient-1.ndjson")
                                .toUri()
                                .toString()));
        for (String path : List.of("link/" + own, "files/" + own)) {
            String url = root.resolve(path).resolve("Patient-1.ndjson").toUri().toString();
            assertThat(outcome(400, imported(other, url)).toString()).contains("has created for itself");
        }
        assertThat(owner.delete(job).statusCode()).isEqualTo(202);
    }

    @Test
    void aClientHasItsOwnLimitOfOpenJobs() {
        ClientLimits one = ClientLimits.of(null, null, 1);
        SluiceServer limited = server.as(KnownTokens.of("busy", ALL, one));
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        for (String kind : List.of("export", "import")) {
            jdbc.update(
                    "insert into job (id, kind, payload, status, units, units_done, work, created_at, updated_at, owner)"
                            + " values (gen_random_uuid(), ?, '', 'RUNNING', 1, 0, 0, now(), now(), ?)",
                    kind,
                    "https://issuer.example busy");
        }

        HttpResponse<String> refused = kickOff(limited, "/$export");

        assertThat(outcome(429, refused).toString()).contains("export jobs of this client", "limit is 1");
        assertThat(refused.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
        assertThat(outcome(429, imported(limited, root.resolve("x").toUri().toString()))
                        .toString())
                .contains("import jobs of this client");
        finished(server.as(KnownTokens.of("idle", ALL, one)), "/$export?_type=Patient");
        jdbc.update("delete from job where payload = ''");
        finished(limited, "/$export?_type=Patient");
    }

    @Test
    void theManifestSaysThatItsUrlsNeedTheToken() throws IOException {
        String job = finished(owner, "/$export?_type=Patient");
        ObjectNode manifest = manifest(owner, job);
        String file = manifest.path("output").path(0).path("url").asString();

        assertThat(manifest.path("requiresAccessToken").asBoolean()).isTrue();
        assertThat(server.get(file).statusCode()).isEqualTo(401);
        assertThat(server.get(file).headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(Files.readString(root.resolve("files/" + ownContainer(job) + "/manifest.json")))
                .contains("\"requiresAccessToken\":false", "\"url\":\"Patient-1.ndjson\"");
    }

    /** The storage by a link, below the folder that imports may read. */
    private static Path storage(Path root) throws IOException {
        Files.createDirectory(root.resolve("files"));
        return Files.createSymbolicLink(root.resolve("link"), root.resolve("files"));
    }

    private String ownContainer(String job) throws IOException {
        return entry("files", job);
    }

    /** The entry of a folder that has the id of a job in its name. */
    private String entry(String folder, String job) throws IOException {
        String id = job.substring(job.lastIndexOf('/') + 1);
        try (Stream<Path> all = Files.list(root.resolve(folder))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(id))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static HttpResponse<String> patient(SluiceServer client, String path, String id) {
        return client.post(
                path,
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"patient\",\"valueReference\":"
                        + "{\"reference\":\"Patient/" + id + "\"}}]}",
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async");
    }
}
