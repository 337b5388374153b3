package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

@IntegrationTest
class SluiceServerTest {
    @Test
    void serversDoNotShareTheirDataAndTakeItWithThem() {
        Path home;
        try (SluiceServer one = SluiceServer.start();
                SluiceServer other = SluiceServer.start("--sluice.base-url=https://fhir.example.com/fhir")) {
            one.bean(JdbcTemplate.class).update("insert into patient_number (patient_id) values ('p1')");

            assertThat(other.bean(JdbcTemplate.class)
                            .queryForObject("select count(*) from patient_number", Integer.class))
                    .isZero();
            assertThat(one.get("/actuator/health").statusCode()).isEqualTo(404);
            assertThat(one.get(one.root() + "/actuator/health").statusCode()).isEqualTo(200);
            assertThat(other.bean(Environment.class).getProperty("sluice.base-url"))
                    .isEqualTo("https://fhir.example.com/fhir");
            home = Path.of(one.bean(Environment.class).getRequiredProperty("sluice.home"));
            assertThat(home).exists();
        }
        assertThat(Files.exists(home)).isFalse();
    }
}
