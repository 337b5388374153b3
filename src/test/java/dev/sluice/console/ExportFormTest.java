package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirException;
import dev.sluice.monitor.JobDescription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportFormTest {
    @Test
    void aCopyIsTheSameRequestAndItsEstimateHasTheSameParameters() {
        ExportForm form = ExportForm.of(request(
                "$export",
                Map.of(
                        "_type", List.of("Patient", "Observation"),
                        "_new", List.of("a", "b"),
                        "patient", List.of("p1", "p2"))));

        ApiCall kickOff = form.kickOff();
        assertThat(kickOff.method()).isEqualTo("POST");
        assertThat(kickOff.url("")).isEqualTo("/Group/7/$export?_new=a&_new=b&_type=Patient&_type=Observation");
        assertThat(kickOff.curl("")).contains(kickOff.url(""), "Patient/p1", "Patient/p2");
        assertThat(form.estimate().url("")).isEqualTo(kickOff.url("").replace("$export", "$export-estimate"));
        assertThat(form.estimate().body()).isEqualTo(kickOff.body());
        assertThat(form.others("level", "group", "_type", "body.patient")).isEqualTo(Map.of("_new", List.of("a", "b")));
        assertThat(form.value("_type")).isEqualTo("Patient,Observation");
        assertThat(form.values("body.patient")).isEqualTo("Patient/p1\nPatient/p2");
    }

    @Test
    void aChoiceThatIsNotOfferedIsSentAllTheSame() {
        ExportForm form =
                ExportForm.of(request("$export", Map.of("includeAssociatedData", List.of("_history", "_more"))));

        assertThat(form.has("includeAssociatedData", "_history")).isTrue();
        assertThat(form.others("level", "group", "includeAssociatedData=_history"))
                .isEqualTo(Map.of("includeAssociatedData", List.of("_more")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", " begins", "ends\u00a0 ", ""})
    void whatNoFieldCanHaveIsNotCopied(String value) {
        JobDescription request = request("$export", Map.of("_container", List.of(value)));

        assertThatThrownBy(() -> ExportForm.of(request))
                .isInstanceOf(FhirException.class)
                .hasMessageContaining("_container");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$viewdefinition-export", "$import", ""})
    void anotherOperationIsNotCopied(String operation) {
        JobDescription request = request(operation, Map.of());

        assertThat(ExportForm.shows(request)).isFalse();
        assertThatThrownBy(() -> ExportForm.of(request)).isInstanceOf(FhirException.class);
    }

    private static JobDescription request(String operation, Map<String, List<String>> parameters) {
        return new JobDescription("group", "7", operation, "", parameters, Set.of(), "", false);
    }
}
