package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Which Provenance belongs to no other patients than its own compartments say, and what exports make of it. */
@SlowTest
class ProvenanceSettlingTest {
    private final SluiceServer server = SluiceServer.start();
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void provenanceAboutItsOwnPatientsDataIsSettledAndStillExported() {
        write(patient("1"), observation("1"), provenance("plain", "Patient/1", "Observation/of-1"));

        settle();

        assertThat(unsettled()).isEmpty();
        assertThat(provenanceOf("Patient")).containsExactly("Provenance/plain");
    }

    @Test
    void provenanceAboutOthersOrWithoutItsPatientIsNotSettled() {
        write(patient("1"), patient("2"), observation("1"), observation("2"));
        write(
                provenance("nameless", "Observation/of-1"),
                provenance("foreign", "Patient/1", "Observation/of-2"),
                provenance("early", "Patient/1", "Observation/of-3"));

        settle();

        assertThat(unsettled()).containsExactly("early 1", "foreign 1", "nameless 1");
        assertThat(provenanceOf("Patient")).hasSize(3);
    }

    @Test
    void whatIsNotSettledIsLookedAtAgain() {
        write(patient("1"), provenance("early", "Patient/1", "Observation/of-1"));
        settle();
        write(observation("1"));

        settle();
        assertThat(unsettled()).containsExactly("early 1");
        jdbc.update("update provenance_unsettled set check_at = check_at - interval '2 minutes'");
        settle();

        assertThat(unsettled()).isEmpty();
    }

    @Test
    void aTargetThatMovesToAnotherPatientTakesItsProvenanceThere() {
        write(patient("1"), patient("2"), observation("1"), provenance("plain", "Patient/1", "Observation/of-1"));
        write(group("2"));
        settle();
        assertThat(provenanceOf("Group/g")).isEmpty();

        write("{\"resourceType\":\"Observation\",\"id\":\"of-1\",\"subject\":{\"reference\":\"Patient/2\"}}\n");

        assertThat(unsettled()).containsExactly("plain 1");
        assertThat(provenanceOf("Group/g")).containsExactly("Provenance/plain");
        settle();
        assertThat(unsettled()).containsExactly("plain 1");
    }

    @Test
    void aTargetThatWasElsewhereWhileTheProvenanceWasThereIsNotForgotten() {
        write(patient("1"), patient("2"), observation("2"));
        write(provenance("p", "Patient/1", "Observation/of-2"), group("2"));
        String then = new ExportClient(server).export("/Group/g/$export").transactionTime();
        write("{\"resourceType\":\"Observation\",\"id\":\"of-2\",\"subject\":{\"reference\":\"Patient/1\"}}\n");
        settle();

        assertThat(provenanceOf("Group/g")).isEmpty();
        assertThat(keys("/Group/g/$export?_until=" + then)).containsExactly("Provenance/p");
    }

    /** Such as after a person repaired the store. */
    @Test
    void provenanceThatWasRemovedByHandIsWrittenAgain() {
        write(provenance("p", "Patient/1"));
        settle();
        jdbc.update("delete from resource where type = 'Provenance'");

        write(patient("1"), provenance("p", "Patient/1"));

        assertThat(unsettled()).containsExactly("p 1");
        settle();
        assertThat(unsettled()).isEmpty();
    }

    private void settle() {
        server.bean(ProvenanceSettling.class).settle();
    }

    private List<String> unsettled() {
        return jdbc.queryForList(
                "select id || ' ' || version_id from provenance_unsettled order by id, version_id", String.class);
    }

    private List<String> provenanceOf(String level) {
        return keys("/" + level + "/$export");
    }

    private List<String> keys(String path) {
        return new ExportClient(server)
                .export(path).keys().stream()
                        .filter(key -> key.startsWith("Provenance/"))
                        .toList();
    }

    private void write(String... lines) {
        assertThat(server.post("/$import", "application/fhir+ndjson", String.join("", lines))
                        .statusCode())
                .isEqualTo(200);
    }

    private static String patient(String id) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}\n";
    }

    private static String observation(String patient) {
        return "{\"resourceType\":\"Observation\",\"id\":\"of-" + patient + "\",\"subject\":{\"reference\":\"Patient/"
                + patient + "\"}}\n";
    }

    private static String group(String patient) {
        return "{\"resourceType\":\"Group\",\"id\":\"g\",\"member\":[{\"entity\":{\"reference\":\"Patient/" + patient
                + "\"}}]}\n";
    }

    private static String provenance(String id, String... targets) {
        StringBuilder references = new StringBuilder();
        for (String target : targets) {
            references
                    .append(references.isEmpty() ? "" : ",")
                    .append("{\"reference\":\"")
                    .append(target)
                    .append("\"}");
        }
        return "{\"resourceType\":\"Provenance\",\"id\":\"" + id + "\",\"target\":[" + references + "]}\n";
    }
}
