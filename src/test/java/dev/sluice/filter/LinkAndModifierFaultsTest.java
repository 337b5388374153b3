package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a modifier, a chain, a reverse chain or a composite value that cannot be used. */
class LinkAndModifierFaultsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TypeFilterParser parser = new TypeFilterParser(new SearchParameters(), base -> false);
    private final List<FhirException.Issue> issues = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "Patient?family:exat=X ~ not-supported ~ did you mean 'exact'",
                "Patient?gender:=male ~ not-supported ~ ':'",
                "Patient?gender:exact=male ~ not-supported ~ take :missing, :not, :text, :of-type",
                "Patient?birthdate:contains=2 ~ not-supported ~ date parameters take :missing",
                "Patient?general-practitioner:exact=1 ~ not-supported ~ :missing, :identifier and a resource type",
                "Observation?code:in=http://vs ~ not-supported ~ terminology service",
                "Observation?code:not-in=http://vs ~ not-supported ~ terminology service",
                "Observation?code:above=http://loinc.org|1 ~ not-supported ~ terminology service",
                "Observation?code:below=http://loinc.org|1 ~ not-supported ~ terminology service",
                "Procedure?location:below=Location/1 ~ not-supported ~ hierarchy",
                "Observation?code-value-quantity:missing=true ~ not-supported ~ composite parameters take none",
                "Patient?gender:missing=yes ~ invalid ~ must be 'true' or 'false'",
                "Patient?gender:text=x ~ invalid ~ gender has no text",
                "Patient?gender:of-type=a|b|c ~ invalid ~ no identifier",
                "Patient?identifier:of-type=MR|1 ~ invalid ~ system|code|value",
                "Patient?identifier:of-type=|MR|1 ~ invalid ~ system|code|value",
                "ValueSet?url:below=urn:oid:1.2 ~ invalid ~ URN",
                "Observation?subject:Medication=1 ~ not-supported ~ looks for Medication in Observation?subject",
                "Observation?subject:Patient=Group/1 ~ invalid ~ no Patient",
                "Observation?subject:patient=1 ~ not-supported ~ ':patient'",
                "QuestionnaireResponse?questionnaire:identifier=1 ~ invalid ~ no Reference",
                "Observation?code-value-quantity=1 ~ invalid ~ form code$value-quantity",
                "Observation?code-value-quantity=1$2$3 ~ invalid ~ form code$value-quantity",
                "Observation?code-value-quantity=1$ ~ invalid ~ nothing for value-quantity",
                "Observation?code-value-quantity=1$x5 ~ invalid ~ has the prefix 'x'",
                "Patient?_has:Observation:patient:_id=a/b ~ invalid ~ is no id",
                "Observation?subject:Patient._id=a/b ~ invalid ~ is no id",
                "DocumentReference?format:below=image ~ not-supported ~ terminology service",
                "Observation?subjct.name=X ~ not-supported ~ did you mean 'subject'",
                "Observation?subject.nme=X ~ not-supported ~ did you mean 'name'",
                "Observation?subject:Patient.nme=X ~ not-supported ~ no search parameter of Patient; did you mean 'name'",
                "Observation?subject:Patients.name=X ~ not-supported ~ did you mean 'Patient'",
                "Observation?subject:Medication.code=X ~ not-supported ~ looks for Medication",
                "Observation?status.name=X ~ not-supported ~ follows Observation?status",
                "QuestionnaireResponse?questionnaire.title=X ~ not-supported ~ only references by type and id",
                "Observation?subject:Patient.birthdate=x ~ invalid ~ no date",
                "Observation?subject.birthdate=x ~ invalid ~ no date",
                "Observation?encounter.subject:Patient.general-practitioner.name=X ~ not-supported ~ more than 2",
                "Patient?_has=1 ~ invalid ~ _has:Type:reference:parameter=value",
                "Patient?_has:Observation:patient=1 ~ invalid ~ _has:Type:reference:parameter=value",
                "Patient?_has:Observations:patient:code=1 ~ not-supported ~ did you mean 'Observation'",
                "Patient?_has:Observation:patien:code=1 ~ not-supported ~ did you mean 'patient'",
                "Patient?_has:Observation:status:code=1 ~ not-supported ~ follows Observation?status",
                "Patient?_has:Observation:encounter:code=1 ~ not-supported ~ looks for Patient in",
                "Patient?_has:Observation:patient:cod=1 ~ not-supported ~ no search parameter of Observation",
                "Patient?_has:Observation:patient:date=x ~ invalid ~ no date",
                "Patient?_hass:Observation:patient:code=x ~ not-supported ~ did you mean '_has'",
                "Patient?_has:Observation:patient:encounter.subject:Patient.name=x ~ not-supported ~ more than 2",
            })
    void aFaultIsNamedWithItsQueryAndWhatToDo(String query, String code, String words) {
        assertThat(parser.parse(List.of(query), NOW, issues)).isEmpty();

        assertThat(issues).singleElement().satisfies(issue -> {
            assertThat(issue.diagnostics()).contains("'" + query + "'").contains(words);
            assertThat(issue.code()).isEqualTo(code);
        });
    }

    @Test
    void allFaultsAreToldAtOnce() {
        parser.parse(
                List.of("Patient?family:exat=X&birthdate=gte2020&_has:Observation:patient:cod=1&gender:in=a&_sort=x"),
                NOW,
                issues);

        assertThat(issues).hasSize(5);
    }
}
