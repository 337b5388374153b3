package dev.sluice.export;

import static dev.sluice.export.Disclosed.CERTAIN;
import static dev.sluice.export.Disclosed.NOT;
import static dev.sluice.export.Disclosed.POSSIBLE;
import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** Which patients an export is told to have held. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DisclosedPatientsTest {
    /** Cyd shares no compartment with Ann, but for a Provenance. */
    private static final String CYD = """
            {"resourceType":"Patient","id":"cyd"}
            {"resourceType":"Observation","id":"on-cyd","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/ann"},"focus":[{"reference":"Patient/cyd"}]}
            {"resourceType":"Provenance","id":"of-cyd","recorded":"2026-01-01T00:00:00Z","target":[{"reference":"Observation/of-ann"},{"reference":"Patient/cyd"}],"agent":[{"who":{"display":"x"}}]}
            """;

    private final SluiceServer server = KnownTokens.server();
    private final SluiceServer client = server.as(KnownTokens.of("lake", "system/*.*"));
    private final SluiceServer admin = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));

    @BeforeAll
    void load() {
        Ward.load(client);
        Ward.load(client, CYD);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String in(String job, String patient) {
        return Disclosed.in(admin, job, patient);
    }

    @Test
    void membersOfAGroupAreFoundAndOthersAreNot() {
        String job = finished(client, "/Group/only-ann/$export?_type=Patient,Observation");

        assertThat(in(job, "ann")).isEqualTo(CERTAIN);
        for (String other : new String[] {"bob", "cyd", "gone", "never-written", "unknown"}) {
            assertThat(in(job, other)).as(other).isEqualTo(NOT);
        }
    }

    @Test
    void membersOfNestedGroupsAreFound() {
        String job = finished(client, "/Group/ring/$export?_type=Patient");

        assertThat(in(job, "ann")).isEqualTo(CERTAIN);
        assertThat(in(job, "bob")).isEqualTo(CERTAIN);
        assertThat(in(job, "cyd")).isEqualTo(NOT);
    }

    @Test
    void namedPatientsAreFound() {
        String named = "{\"resourceType\":\"Parameters\",\"parameter\":["
                + "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/bob\"}},"
                + "{\"name\":\"_type\",\"valueString\":\"Patient\"}]}";
        HttpResponse<String> kickOff = client.post(
                "/Patient/$export",
                "application/fhir+json",
                named,
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async");
        String job = new ExportClient(client).await(kickOff).job();

        assertThat(in(job, "bob")).isEqualTo(CERTAIN);
        assertThat(in(job, "ann")).isEqualTo(NOT);
    }

    /** The Appointment of both is in the export of one. */
    @Test
    void whoSharesAResourceIsFound() {
        String job = finished(client, "/Group/only-ann/$export?_type=Appointment");

        assertThat(in(job, "bob")).isEqualTo(CERTAIN);
        assertThat(in(job, "ann")).isEqualTo(CERTAIN);
        assertThat(in(job, "cyd")).isEqualTo(NOT);
    }

    /** The Group names those who are members no more, or do not exist. */
    @Test
    void whomTheGroupNamesIsFound() {
        assertThat(client.put(
                                "/Group/mixed",
                                "application/fhir+json",
                                "{\"resourceType\":\"Group\",\"id\":\"mixed\",\"type\":\"person\",\"actual\":true,\"member\":["
                                        + "{\"entity\":{\"reference\":\"Patient/ann\"}},"
                                        + "{\"entity\":{\"reference\":\"Patient/cyd\"},\"inactive\":true}]}")
                        .statusCode())
                .isEqualTo(201);

        assertThat(in(finished(client, "/Group/mixed/$export?_type=Group"), "cyd"))
                .isEqualTo(CERTAIN);
        assertThat(in(finished(client, "/Group/mixed/$export?_type=Patient"), "cyd"))
                .isEqualTo(NOT);
    }

    @Test
    void whoIsIncludedByAReferenceIsFound() {
        String job = finished(client, "/Group/only-ann/$export?_type=Observation&_includeReferenced=Patient");

        assertThat(in(job, "cyd")).isEqualTo(CERTAIN);
        assertThat(in(job, "bob")).isEqualTo(NOT);
    }

    @Test
    void whoIsIncludedByProvenanceIsFound() {
        String job = finished(
                client, "/Group/only-ann/$export?_type=Observation&includeAssociatedData=RelevantProvenanceResources");

        assertThat(in(job, "cyd")).isEqualTo(CERTAIN);
        assertThat(in(job, "bob")).isEqualTo(NOT);
    }

    @Test
    void whatFiltersAndChangesDecideIsPossible() {
        String narrow = finished(client, "/Group/only-ann/$export?_type=Patient&_typeFilter=Patient%3Fgender%3Dmale");
        assertThat(in(narrow, "ann")).isEqualTo(POSSIBLE);
        assertThat(in(narrow, "bob")).isEqualTo(NOT);
        assertThat(Disclosed.detail(event(narrow, "ann"), 1, "filtered")).isEqualTo("Patient");

        String since = manifest(client, narrow).path("transactionTime").asString();
        String changes = finished(client, "/Group/only-ann/$export?_type=Patient&_since=" + since);
        assertThat(in(changes, "ann")).isEqualTo(POSSIBLE);
        assertThat(Disclosed.detail(event(changes, "ann"), 1, "since")).isNotEmpty();

        String other = finished(client, "/Group/only-ann/$export?_type=Observation");
        assertThat(in(other, "ann")).isEqualTo(POSSIBLE);
        String organized = finished(client, "/Group/only-ann/$export?organizeOutputBy=Patient");
        assertThat(in(organized, "ann")).isEqualTo(POSSIBLE);
    }

    private JsonNode event(String job, String patient) {
        return Disclosed.of(admin, patient).stream()
                .filter(event -> job.endsWith(event.path("id").asString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoLeftTheGroupMayBeInTheListOfDeletions() {
        String group =
                "{\"resourceType\":\"Group\",\"id\":\"left\",\"type\":\"person\",\"actual\":true,\"member\":[%s]}";
        String member = "{\"entity\":{\"reference\":\"Patient/%s\"}}";
        client.put(
                "/Group/left",
                "application/fhir+json",
                group.formatted(member.formatted("bob") + "," + member.formatted("cyd")));
        String job = finished(client, "/Group/left/$export?_type=Patient");
        client.put("/Group/left", "application/fhir+json", group.formatted(member.formatted("bob")));

        String since = manifest(client, job).path("transactionTime").asString();
        String next = finished(client, "/Group/left/$export?_type=Patient&_since=" + since);
        assertThat(in(next, "cyd")).isEqualTo(POSSIBLE);
        assertThat(in(next, "ann")).isEqualTo(NOT);
    }

    @Test
    void anExportOfEverythingIsToldToThoseWhoWereKnown() {
        String job = finished(client, "/$export");
        String patients = finished(client, "/Patient/$export");
        String part = finished(client, "/$export?_type=Observation");
        Ward.load(client, "{\"resourceType\":\"Patient\",\"id\":\"later-" + job.hashCode() + "\"}\n");

        for (String all : new String[] {job, patients}) {
            assertThat(in(all, "ann")).isEqualTo(CERTAIN);
            assertThat(in(all, "cyd")).isEqualTo(CERTAIN);
            assertThat(in(all, "gone")).isEqualTo(POSSIBLE);
            assertThat(in(all, "never-written")).isEqualTo(POSSIBLE);
            assertThat(in(all, "unknown")).isEqualTo(NOT);
            assertThat(in(all, "later-" + job.hashCode())).isEqualTo(NOT);
        }
        assertThat(in(part, "ann")).isEqualTo(POSSIBLE);
        assertThat(server.bean(JdbcTemplate.class)
                        .queryForObject(
                                "select count(*) from disclosed_patients where job_id = any(?::uuid[])",
                                Integer.class,
                                (Object) new String[] {id(job), id(patients), id(part)}))
                .isZero();
    }

    /** What is certain while versions are kept is possible when they are gone, and never denied. */
    @Test
    void aPatientWhoseVersionIsSweptMayHaveBeenIncluded() {
        Ward.load(client, "{\"resourceType\":\"Patient\",\"id\":\"old\"}\n");
        String job = finished(client, "/$export");
        client.delete("/Patient/old");
        assertThat(in(job, "old")).isEqualTo(CERTAIN);

        server.bean(JdbcTemplate.class)
                .update("delete from resource where type = 'Patient' and id = 'old' and superseded_at is not null");
        assertThat(in(job, "old")).isEqualTo(POSSIBLE);
    }

    /** Above a thousand members, patients are looked up in a table, and recorded in several rows. */
    @Test
    void aLargeGroupIsRecordedCompletely() {
        int size = 2_500;
        String patients = IntStream.range(0, size)
                .mapToObj(i -> "{\"resourceType\":\"Patient\",\"id\":\"m" + i + "\"}\n")
                .collect(Collectors.joining());
        String members = IntStream.range(0, size)
                .mapToObj(i -> "{\"entity\":{\"reference\":\"Patient/m" + i + "\"}}")
                .collect(Collectors.joining(","));
        Ward.load(
                client,
                patients + "{\"resourceType\":\"Patient\",\"id\":\"beside\"}\n"
                        + "{\"resourceType\":\"Appointment\",\"id\":\"shared\",\"status\":\"booked\",\"participant\":["
                        + "{\"actor\":{\"reference\":\"Patient/m7\"},\"status\":\"accepted\"},"
                        + "{\"actor\":{\"reference\":\"Patient/beside\"},\"status\":\"accepted\"}]}\n"
                        + "{\"resourceType\":\"Group\",\"id\":\"large\",\"type\":\"person\",\"actual\":true,\"member\":["
                        + members + "]}\n");
        String job = finished(client, "/Group/large/$export?_type=Patient,Appointment");

        for (String member : new String[] {"m0", "m999", "m1000", "m2499", "beside"}) {
            assertThat(in(job, member)).as(member).isEqualTo(CERTAIN);
        }
        assertThat(in(job, "ann")).isEqualTo(NOT);
        assertThat(in(job, "bob")).isEqualTo(NOT);
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        String recorded = " from disclosed_patients where job_id = '" + id(job) + "'";
        assertThat(jdbc.queryForObject("select sum(cardinality(numbers))" + recorded, Integer.class))
                .isEqualTo(size + 1);
        assertThat(jdbc.queryForObject("select count(*)" + recorded, Integer.class))
                .isEqualTo(3);
        assertThat(new ExportClient(client)
                        .export("/Group/large/$export?_type=Patient")
                        .keys())
                .hasSize(size);
    }

    private static String id(String job) {
        return job.substring(job.lastIndexOf('/') + 1);
    }
}
