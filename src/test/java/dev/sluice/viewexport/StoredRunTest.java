package dev.sluice.viewexport;

import static dev.sluice.viewexport.ViewExportTest.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;

/** Views that are applied to some stored resources at once. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class StoredRunTest {
    private static final String VALUES = view(
            "values",
            "Observation",
            "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"patient\",\"path\":\"subject.getReferenceKey(Patient)\"}]}");

    private final SluiceServer open = KnownTokens.server("--sluice.ingest.validation=none");
    private final SluiceServer server = open.as(KnownTokens.of("all", "system/*.*"));

    @BeforeAll
    void load() {
        StringBuilder lines = new StringBuilder();
        for (String patient : List.of("ann", "bob")) {
            lines.append("{\"resourceType\":\"Patient\",\"id\":\"" + patient + "\"}\n");
        }
        for (int i = 0; i < 500; i++) {
            lines.append("{\"resourceType\":\"Observation\",\"id\":\"o" + i + "\",\"status\":\""
                    + (i % 5 == 0 ? "final" : "amended") + "\",\"subject\":{\"reference\":\"Patient/"
                    + (i % 2 == 0 ? "ann" : "bob") + "\"}}\n");
        }
        assertThat(server.post("/$import", "application/fhir+ndjson", lines.toString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.put(
                                "/Observation/o1",
                                "application/fhir+json",
                                "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"subject\":{\"reference\":\"Patient/bob\"}}")
                        .statusCode())
                .isEqualTo(200);
        server.delete("/Observation/o2");
        ViewExportTest.put(
                server,
                "Group/bobs",
                "\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{\"reference\":\"Patient/bob\"}}]");
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void currentResourcesHaveRows() {
        List<String> rows = rows(server, "");

        assertThat(rows).hasSize(499).doesNotHaveDuplicates().noneMatch(row -> row.contains("\"o2\""));
        assertThat(rows).contains("{\"id\":\"o1\",\"patient\":\"bob\"}");
        assertThat(rows(server, value("_limit", "7"))).isEqualTo(rows.subList(0, 7));
        assertThat(rows(server, value("_limit", "0"))).isEmpty();
    }

    @Test
    void patientsGroupsAndTimesLimitThem() {
        assertThat(rows(server, value("patient", "Patient/ann"))).hasSize(249).allMatch(row -> row.contains("ann"));
        assertThat(rows(server, value("group", "Group/bobs"))).hasSize(250).allMatch(row -> row.contains("bob"));
        assertThat(rows(server, value("_since", "2999-01-01T00:00:00Z"))).isEmpty();
        assertThat(rows(server, value("_since", "2000-01-01T00:00:00Z"))).hasSize(499);
        assertThat(run(server, 404, value("group", "Group/none"))).contains("none");
    }

    @Test
    void aClientGetsOnlyWhatItMayExport() {
        SluiceServer part = open.as(KnownTokens.of("part", "system/Observation.rs?status=final"));
        SluiceServer patients = open.as(KnownTokens.of("patients", "system/Patient.rs"));

        assertThat(rows(part, "")).hasSize(100).allMatch(row -> row.matches(".*\"o\\d*[05]\".*"));
        assertThat(rows(part, value("_since", "2000-01-01T00:00:00Z"))).hasSize(100);
        assertThat(run(patients, 403, "")).contains("does not allow to export Observation");
    }

    /** Whose data was given is recorded, and nobody else's. */
    @Test
    void runsAreAuditedAndDisclosed() {
        SluiceServer auditor = open.as(KnownTokens.of("auditor", "system/Observation.rs system/Patient.rs"));
        assertThat(rows(auditor, value("patient", "Patient/ann"))).isNotEmpty();

        JdbcTemplate jdbc = open.bean(JdbcTemplate.class);
        assertThat(jdbc.queryForList(
                        "select subject from audit_event where activity = 'EXPORT_ENDED' and client = 'auditor' and amount = 249",
                        String.class))
                .singleElement()
                .satisfies(id -> assertThat(jdbc.queryForList(
                                "select patient_id from patient_number where number in (select unnest(numbers)"
                                        + " from disclosed_patients where job_id = '" + id + "')",
                                String.class))
                        .containsExactly("ann"));
    }

    /** That there is no row of a patient answers a question about them. */
    @Test
    void whoHasNoRowsMayHaveBeenIncluded() {
        String none =
                VALUES.replaceFirst("\\{", "{\"where\":[{\"path\":\"status = 'final' and status = 'amended'\"}],");
        String untouched = none.replace("\"Observation\"", "\"Condition\"");

        assertThat(disclosed("named", none, value("patient", "Patient/ann"))).containsExactly("ann false");
        assertThat(disclosed("named without resources", untouched, value("patient", "Patient/bob")))
                .containsExactly("bob false");
        assertThat(disclosed("member", none, value("group", "Group/bobs"))).containsExactly("bob false");
        assertThat(disclosed("read", none, "")).containsExactly("ann false", "bob false");
        assertThat(disclosed("with rows", VALUES, value("patient", "Patient/ann") + value("_limit", "1")))
                .containsExactly("ann true");
    }

    /** The patients of the only run of a client, each with whether they are certain. */
    private List<String> disclosed(String client, String view, String more) {
        run(
                open.as(KnownTokens.of(
                        client, "system/Observation.rs system/Condition.rs system/Patient.rs system/Group.rs")),
                200,
                more,
                view);
        return open.bean(JdbcTemplate.class)
                .queryForList(
                        "select n.patient_id || ' ' || p.certain from audit_event e join disclosed_patients p"
                                + " on p.job_id::text = e.subject join patient_number n on n.number = any (p.numbers)"
                                + " where e.activity = 'EXPORT_ENDED' and e.client = ? order by 1",
                        String.class,
                        client);
    }

    /** A fault tells something about a resource, as its rows do. */
    @Test
    void faultsAreAuditedAndDisclosed() {
        SluiceServer prober = open.as(KnownTokens.of("prober", "system/Observation.rs system/Patient.rs"));
        String many = view("v", "Observation", "{\"column\":[{\"name\":\"a\",\"path\":\"status | id\"}]}");
        assertThat(run(prober, 422, value("patient", "Patient/bob"), many)).contains("The view makes no rows of");

        JdbcTemplate jdbc = open.bean(JdbcTemplate.class);
        assertThat(jdbc.queryForList(
                        "select subject from audit_event where activity = 'EXPORT_ENDED' and client = 'prober'"
                                + " and outcome = 8 and amount = 0",
                        String.class))
                .singleElement()
                .satisfies(id -> assertThat(jdbc.queryForList(
                                "select patient_id from patient_number where number in (select unnest(numbers)"
                                        + " from disclosed_patients where job_id = '" + id + "')",
                                String.class))
                        .containsExactly("bob"));
    }

    @Test
    void whatARunReadsIsBounded() {
        assertThat(run(server, 400, value("_limit", "10001"))).contains("at most 10000", "$viewdefinition-export");
        String many = view("v", "Observation", "{\"column\":[{\"name\":\"a\",\"path\":\"status | id\"}]}");
        assertThat(run(server, 422, "", many)).contains("The view makes no rows of Observation/o0: the column 'a'");
    }

    private static String value(String name, String value) {
        String type = value.matches("\\d+") ? "\"valueInteger\":" + value : "\"valueString\":\"" + value + "\"";
        return ",{\"name\":\"" + name + "\"," + type + "}";
    }

    private static List<String> rows(SluiceServer client, String more) {
        return new ArrayList<>(
                run(client, 200, more + value("_format", "ndjson")).lines().toList());
    }

    private static String run(SluiceServer client, int status, String more) {
        return run(client, status, more, VALUES);
    }

    private static String run(SluiceServer client, int status, String more, String view) {
        HttpResponse<String> answer = client.post(
                "/$sql-run",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"viewResource\",\"resource\":" + view + "}"
                        + more + "]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }
}
