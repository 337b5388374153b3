package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.OwnPostgres;
import dev.sluice.SluiceServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Two patients never share a number, also if a server of the database takes over that has lost some. */
@IntegrationTest
class PatientNumbersTest {
    private static final String JSON = "application/fhir+json";

    @TempDir
    private Path home;

    @Test
    void numbersThatAnotherServerHasLostAreNotUsedAnyMore() throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start(home.resolve("postgres"));
                SluiceServer server =
                        SluiceServer.start("--spring.datasource.url=" + postgres.url(), "--sluice.home=" + home)) {
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            put(server, "first", "ann");
            postgres.crash();
            postgres.restart();
            await().ignoreExceptions().until(() -> jdbc.queryForObject("select true", Boolean.class));
            assertThat(jdbc.update("update patient_number set patient_id = 'bob' where patient_id = 'ann'"))
                    .isEqualTo(1);

            put(server, "second", "ann");
            put(server, "third", "bob");

            assertThat(jdbc.queryForList(
                            "select r.id from resource r join patient_number p on r.compartment = array[p.number]"
                                    + " where r.type = 'Observation' and p.patient_id = 'ann'",
                            String.class))
                    .containsExactly("second");
        }
    }

    private static void put(SluiceServer server, String id, String patient) {
        String body = "{\"resourceType\":\"Observation\",\"id\":\"" + id
                + "\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" + patient
                + "\"}}";
        assertThat(server.put("/Observation/" + id, JSON, body).statusCode()).isEqualTo(201);
    }
}
