package dev.sluice.viewexport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.ViewDefinition;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rows of which a client waits for the answer. */
class RunRowsTest {
    /** The time ends within a resource too, since one can take seconds. */
    @Test
    void theirTimeIsBounded() {
        String path = "name.select(%resource.name.select(%resource.name.where(family = 'x').count())).count()";
        ViewDefinition view = ViewDefinition.of(FhirJson.parseObject(
                ("{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"" + path + "\"}]}]}")
                        .getBytes(UTF_8)));
        RunRows rows = new RunRows(view, OwnBases.NONE, RunRows.Format.JSON, true, 10).endAfter(Duration.ofMillis(1));
        byte[] patient = ("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\"}"
                        + ",{\"family\":\"B\"}".repeat(150) + "]}")
                .getBytes(UTF_8);

        assertThatThrownBy(() -> rows.add(patient, 0, patient.length))
                .isInstanceOf(FhirException.class)
                .hasMessageContaining("The rows take longer than");
    }
}
