package dev.sluice.r4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.Definitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SearchParametersTest {
    private static final ResourceType PATIENT = ResourceType.PATIENT;
    private final SearchParameters parameters = new SearchParameters();

    @Test
    void everyParameterIsSupportedButOne() {
        Map<SearchParamType, Long> supported = all().filter(SearchParameter::isSupported)
                .collect(Collectors.groupingBy(SearchParameter::kind, TreeMap::new, Collectors.counting()));

        assertThat(supported)
                .containsOnly(
                        entry(SearchParamType.TOKEN, 1106L),
                        entry(SearchParamType.STRING, 199L),
                        entry(SearchParamType.DATE, 285L),
                        entry(SearchParamType.REFERENCE, 517L),
                        entry(SearchParamType.QUANTITY, 40L),
                        entry(SearchParamType.NUMBER, 6L),
                        entry(SearchParamType.URI, 201L + ResourceType.all().size()),
                        entry(SearchParamType.COMPOSITE, 72L));
        assertThat(all().filter(p -> !p.isSupported()))
                .singleElement()
                .hasToString("Location?near")
                .satisfies(near -> assertThat(near.refusal())
                        .hasValueSatisfying(r -> assertThat(r).contains("distances")));
    }

    @Test
    void everyTypeHasTheCommonParameters() {
        for (ResourceType type : ResourceType.all()) {
            assertThat(parameters.of(type))
                    .as(type.name())
                    .filteredOn(p -> p.name().startsWith("_"))
                    .extracting(SearchParameter::name)
                    .containsExactly("_id", "_lastUpdated", "_profile", "_security", "_source", "_tag");
        }
    }

    /** R4 defines no comparison for these; the parameter's other element types are compared. */
    @Test
    void theElementsThatAreNotComparedAreListedHere() {
        TreeSet<String> leftOut = new TreeSet<>();

        all().forEach(p -> p.elements().stream()
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
        assertThat(birthdate).hasToString("Patient?birthdate");
    }

    @Test
    void namesAreCaseSensitive() {
        assertThat(parameters.find(PATIENT, "Birthdate")).isEmpty();
    }

    @Test
    void anExpressionThatIsNotUnderstoodCompilesToNothing() {
        PathCompiler compiler = new PathCompiler(new R4Structure(FhirContext.forR4Cached()));

        assertThat(List.of(
                        "Patient.nothing",
                        "Patient.name.first()",
                        "Patient.name.where(use = 'usual' and period.exists())",
                        "Patient.name[1].family",
                        "Patient.name.given[0]",
                        "Patient.name.where(resolve() is X)[0]",
                        "Patient.name | Patient.nothing",
                        "Patient.deceased.as(Quantity)",
                        "Person",
                        ""))
                .allSatisfy(expression -> assertThat(compiler.compile(PATIENT, expression))
                        .as(expression)
                        .isEmpty());
    }

    /** R4 exchanges the two expressions of a relationship, and writes a type in capitals. */
    @Test
    void theComponentsOfCompositeParametersAreThoseOfTheDefinitions() throws Exception {
        Map<String, List<String>> defined = new TreeMap<>();
        for (JsonNode definition : Definitions.searchParameters()) {
            if (definition.get("type").stringValue().equals("composite")) {
                List<String> parts = new ArrayList<>();
                definition.get("component").forEach(part -> {
                    String uri = part.get("definition").stringValue();
                    String parameter = uri.substring(uri.lastIndexOf('/') + 1)
                            .replaceFirst("^([A-Z][A-Za-z]*|clinical|conformance)-", "");
                    String expression = part.get("expression").stringValue().replace(" ", "");
                    parts.add(parameter + "=" + expression.replace("DateTime", "dateTime"));
                });
                defined.put(definition.get("code").stringValue(), parts);
            }
        }
        defined.put("relationship", List.of("relatesto=target", "relation=code"));

        Map<String, List<String>> table = new TreeMap<>();
        CompositeTable.PARTS.forEach((name, parts) -> table.put(
                name,
                parts.stream().map(p -> p.parameter() + "=" + p.expression()).toList()));
        assertThat(table).isEqualTo(defined);
    }

    private Stream<SearchParameter> all() {
        return ResourceType.all().stream().flatMap(type -> parameters.of(type).stream());
    }
}
