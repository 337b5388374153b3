package dev.sluice.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SearchParametersTest {
    private static final ResourceType PATIENT = ResourceType.PATIENT;
    private final SearchParameters parameters = new SearchParameters();

    @Test
    void nearlyEveryTokenStringDateReferenceQuantityAndNumberIsSupported() {
        Map<SearchKind, Long> supported = all().filter(SearchParameter::isSupported)
                .collect(Collectors.groupingBy(SearchParameter::kind, TreeMap::new, Collectors.counting()));

        assertThat(supported)
                .containsOnly(
                        entry(SearchKind.TOKEN, 960L),
                        entry(SearchKind.STRING, 193L),
                        entry(SearchKind.DATE, 285L),
                        entry(SearchKind.REFERENCE, 515L),
                        entry(SearchKind.QUANTITY, 40L),
                        entry(SearchKind.NUMBER, 6L));
    }

    @Test
    void whatIsNotSupportedIsListedHere() {
        List<String> refused = all().filter(p -> !p.isSupported() && !p.name().startsWith("_"))
                .filter(p -> p.kind() != SearchKind.COMPOSITE && p.kind() != SearchKind.URI)
                .map(SearchParameter::toString)
                .toList();

        assertThat(refused)
                .containsExactly(
                        "Bundle?composition",
                        "Bundle?message",
                        "InsurancePlan?phonetic",
                        "Location?near",
                        "Organization?phonetic",
                        "Patient?phonetic",
                        "Person?phonetic",
                        "Practitioner?phonetic",
                        "RelatedPerson?phonetic");
    }

    @Test
    void everyTypeHasTheThreeCommonParameters() {
        for (ResourceType type : ResourceType.all()) {
            assertThat(parameters.of(type))
                    .as(type.name())
                    .filteredOn(p -> p.name().startsWith("_") && p.isSupported())
                    .extracting(SearchParameter::name)
                    .containsExactly("_id", "_lastUpdated", "_tag");
        }
    }

    /** R4 defines no comparison for these; the parameter's other element types are compared. */
    @Test
    void theElementsThatAreLeftOutOfASupportedParameterAreListedHere() {
        PathCompiler compiler = new PathCompiler(new ElementModel(FhirContext.forR4Cached()));
        TreeSet<String> leftOut = new TreeSet<>();

        all().filter(SearchParameter::isSupported)
                .forEach(p -> compiler.compile(p.type(), p.expression()).stream()
                        .filter(path -> !p.paths().contains(path))
                        .forEach(path -> leftOut.add(p + " " + path.type().name())));

        assertThat(leftOut)
                .containsExactly(
                        "CarePlan?activity-date string",
                        "Consent?source-reference Attachment",
                        "Immunization?date string",
                        "Observation?combo-value-quantity SampledData",
                        "Observation?component-value-quantity SampledData",
                        "Observation?value-quantity SampledData",
                        "Procedure?date Age",
                        "Procedure?date Range",
                        "Procedure?date string");
    }

    @Test
    void aParameterTellsWhatACapabilityStatementNeeds() {
        SearchParameter birthdate = parameters.find(PATIENT, "birthdate").orElseThrow();

        assertThat(birthdate.name()).isEqualTo("birthdate");
        assertThat(birthdate.kind().code()).isEqualTo("date");
        assertThat(birthdate.expression()).isEqualTo("Patient.birthDate");
        assertThat(birthdate.description()).contains("date of birth");
        assertThat(birthdate).hasToString("Patient?birthdate");
    }

    @Test
    void namesAreCaseSensitive() {
        assertThat(parameters.find(PATIENT, "Birthdate")).isEmpty();
    }

    @Test
    void anExpressionThatIsNotUnderstoodCompilesToNothing() {
        PathCompiler compiler = new PathCompiler(new ElementModel(FhirContext.forR4Cached()));

        assertThat(List.of(
                        "Patient.nothing",
                        "Patient.name.first()",
                        "Patient.name.where(use = 'usual' and period.exists())",
                        "Patient.name[0].family",
                        "Patient.name | Patient.nothing",
                        "Patient.deceased.as(Quantity)",
                        "Patient",
                        ""))
                .allSatisfy(expression -> assertThat(compiler.compile(PATIENT, expression))
                        .as(expression)
                        .isEmpty());
    }

    private Stream<SearchParameter> all() {
        return ResourceType.all().stream().flatMap(type -> parameters.of(type).stream());
    }
}
