package dev.sluice.benchmark.population;

import static dev.sluice.benchmark.population.Sample.HUNDRED;
import static dev.sluice.benchmark.population.Sample.is;
import static dev.sluice.benchmark.population.Sample.lines;
import static dev.sluice.benchmark.population.Sample.members;
import static dev.sluice.benchmark.population.Sample.patient;
import static dev.sluice.benchmark.population.Sample.reference;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PopulationTest {
    private static final String PACKAGED = "/dev/sluice/demo/population.ndjson.gz";

    @Test
    void packagedSampleIsWhatTheGeneratorMakes() throws IOException {
        Path made = Files.createDirectories(Path.of("target", "benchmark")).resolve("population.ndjson.gz");
        try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(made))) {
            for (String line : lines(HUNDRED.stream())) {
                file.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        try (InputStream packaged = PopulationTest.class.getResourceAsStream(PACKAGED)) {
            assertThat(new GZIPInputStream(packaged))
                    .as("if the generator was changed on purpose, copy %s to src/main/resources%s", made, PACKAGED)
                    .hasSameContentAs(new GZIPInputStream(Files.newInputStream(made)));
        }
    }

    @Test
    void sameSeedGivesTheSameBytesInAnyLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

            assertThat(lines(Population.of(1, 100).resources())).isEqualTo(lines(HUNDRED.stream()));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void anotherSeedGivesOtherPatients() {
        List<String> one = lines(Population.of(1, 5).resources().filter(is("Patient")));
        List<String> other = lines(Population.of(2, 5).resources().filter(is("Patient")));

        assertThat(one).hasSize(5).doesNotContainAnyElementsOf(other);
    }

    @Test
    void largerPopulationBeginsWithThePatientsOfASmallerOne() {
        List<String> smaller =
                lines(Population.of(1, 40).resources().filter(is("Group").negate()));

        assertThat(lines(HUNDRED.stream()))
                .hasSizeGreaterThan(smaller.size())
                .startsWith(smaller.toArray(String[]::new));
    }

    @Test
    void patientsAreMadeOnlyWhenTheyAreAskedFor() {
        Iterator<ObjectNode> resources =
                Population.of(1, Integer.MAX_VALUE).resources().iterator();

        for (int i = 0; i < HUNDRED.size() - 3; i++) {
            assertThat(resources.next()).isEqualTo(HUNDRED.get(i));
        }
        assertThat(patient(resources.next())).isEqualTo("Patient/patient-0101");
    }

    @Test
    void emptyPopulationHasStaffAndGroupsWithoutMembers() {
        List<ObjectNode> resources = Population.of(1, 0).resources().toList();

        assertThat(resources.stream().filter(is("Patient"))).isEmpty();
        assertThat(resources.stream().filter(is("Organization"))).hasSize(3);
        assertThat(members("first-ten", resources)).isEmpty();
    }

    @Test
    void negativeNumberOfPatientsIsRefused() {
        assertThatThrownBy(() -> Population.of(1, -1)).hasMessageContaining("-1 patients");
    }

    @Test
    void strictParserReadsEveryResourceAndLosesNothing() {
        IParser parser = FhirContext.forR4Cached().newJsonParser().setParserErrorHandler(new StrictErrorHandler());

        assertThat(lines(HUNDRED.stream()))
                .allSatisfy(line -> assertThat(
                                FhirJson.MAPPER.readTree(parser.encodeResourceToString(parser.parseResource(line))))
                        .isEqualTo(FhirJson.MAPPER.readTree(line)));
    }

    @Test
    void everyReferenceNamesAnEarlierResource() {
        Set<String> earlier = new HashSet<>();

        for (ObjectNode resource : HUNDRED) {
            ResourceKey key = new ResourceKey(
                    ResourceType.of(Sample.type(resource)), resource.path("id").asString());
            assertThat(earlier).containsAll(resource.findValuesAsString("reference"));
            assertThat(earlier.add(key.toString())).as("%s is new", key).isTrue();
        }
        assertThat(earlier).contains("Patient/patient-0001", "MedicationRequest/medication-request-0001-01");
    }

    @Test
    void everyPatientHasAChartOfRealisticSize() {
        Map<String, Map<String, Long>> charts = HUNDRED.stream()
                .filter(resource -> !patient(resource).isEmpty())
                .collect(groupingBy(Sample::patient, groupingBy(Sample::type, counting())));

        assertThat(charts).hasSize(100);
        assertThat(HUNDRED.size() / charts.size()).isBetween(40, 80);
        assertThat(charts.values()).allSatisfy(chart -> {
            assertThat(chart).containsEntry("Patient", 1L);
            assertThat(chart.get("Encounter")).isBetween(3L, 40L);
            assertThat(chart.get("Observation")).isBetween(10L, 130L);
            assertThat(chart.values().stream().mapToLong(Long::longValue).sum()).isBetween(25L, 180L);
        });
    }

    @Test
    void sampleHasEveryTypeThatItPromises() {
        assertThat(HUNDRED.stream().map(Sample::type))
                .containsOnly(
                        "Organization",
                        "Location",
                        "Practitioner",
                        "PractitionerRole",
                        "Patient",
                        "Encounter",
                        "AllergyIntolerance",
                        "Condition",
                        "MedicationRequest",
                        "Observation",
                        "Immunization",
                        "Procedure",
                        "Group");
    }

    @Test
    void decimalsKeepTheDigitsOfTheirMeasure() {
        List<String> creatinine = lines(Sample.all("Observation")).stream()
                .filter(line -> line.contains("\"code\":\"2160-0\""))
                .toList();

        assertThat(creatinine).hasSizeGreaterThan(20).allMatch(line -> line.matches(".*\"value\":\\d\\.\\d\\d,.*"));
        assertThat(creatinine).anyMatch(line -> line.matches(".*\"valueQuantity\":\\{\"value\":\\d\\.\\d0,.*"));
    }

    @Test
    void firstTenAreTheFirstTenPatients() {
        assertThat(members("first-ten", HUNDRED))
                .isEqualTo(
                        Sample.all("Patient").limit(10).map(Sample::reference).toList());
    }

    @Test
    void cohortsAreTheOtherTwoGroups() {
        assertThat(members("cohorts", HUNDRED))
                .containsExactlyElementsOf(
                        Sample.all("Group").limit(2).map(Sample::reference).toList());
        assertThat(reference(HUNDRED.get(HUNDRED.size() - 1))).isEqualTo("Group/cohorts");
    }
}
