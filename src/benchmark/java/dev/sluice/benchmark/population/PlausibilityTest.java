package dev.sluice.benchmark.population;

import static dev.sluice.benchmark.population.Sample.HUNDRED;
import static dev.sluice.benchmark.population.Sample.code;
import static dev.sluice.benchmark.population.Sample.patient;
import static dev.sluice.benchmark.population.Sample.patientsWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PlausibilityTest {
    private static final String HYPERTENSION = "59621000";
    private static final String DIABETES = "44054006";
    private static final String OBESITY = "414916001";

    @Test
    void diabetesGroupHoldsThePatientsWithTheCondition() {
        assertThat(Sample.members("diabetes", HUNDRED)).isNotEmpty().hasSameElementsAs(patientsWith(DIABETES));
    }

    @Test
    void hypertensionRaisesTheBloodPressure() {
        assertThat(mean("8480-6", patientsWith(HYPERTENSION)))
                .isGreaterThan(mean("8480-6", without(HYPERTENSION)) + 10);
    }

    @Test
    void obesityRaisesTheBodyMassIndex() {
        assertThat(mean("39156-5", patientsWith(OBESITY))).isGreaterThan(mean("39156-5", without(OBESITY)) + 5);
    }

    @Test
    void bodyMassIndexFollowsFromHeightAndWeight() {
        Map<String, Double> heights = atVisits("8302-2");
        Map<String, Double> weights = atVisits("29463-7");

        assertThat(atVisits("39156-5")).isNotEmpty().allSatisfy((visit, index) -> {
            double metres = heights.getOrDefault(visit, 0.0) / 100;
            assertThat(weights.getOrDefault(visit, 0.0) / (metres * metres)).isBetween(index - 0.2, index + 0.2);
        });
    }

    @Test
    void medicationsAreForAConditionOfTheSamePatient() {
        assertThat(Sample.all("MedicationRequest")).isNotEmpty().allSatisfy(request -> {
            ObjectNode reason =
                    Sample.at(request.at("/reasonReference/0/reference").asString());
            assertThat(Sample.type(reason)).isEqualTo("Condition");
            assertThat(patient(reason)).isEqualTo(patient(request));
        });
    }

    @Test
    void penicillinIsNotGivenToTheAllergic() {
        Set<String> penicillins = Set.of("834061", "308182", "562251");
        List<ObjectNode> many = Population.of(2, 400).resources().toList();
        Set<String> allergic = many.stream()
                .filter(Sample.is("AllergyIntolerance"))
                .filter(allergy -> code(allergy.path("code")).equals("764146007"))
                .map(Sample::patient)
                .collect(Collectors.toSet());

        assertThat(allergic).hasSizeGreaterThan(10);
        assertThat(many)
                .filteredOn(Sample.is("MedicationRequest"))
                .filteredOn(request -> penicillins.contains(code(request.path("medicationCodeableConcept"))))
                .hasSizeGreaterThan(50)
                .extracting(Sample::patient)
                .doesNotContainAnyElementsOf(allergic);
    }

    @Test
    void oldPeopleHaveMoreChronicDisordersThanYoungOnes() {
        assertThat(problems(65, 100)).isGreaterThan(problems(18, 64) + 1);
    }

    @Test
    void nothingHappensBeforeBirthOrAfterTheLastDay() {
        assertThat(Sample.all("Encounter")).allSatisfy(encounter -> {
            ObjectNode person = Sample.at(patient(encounter));
            String day = encounter.at("/period/start").asString().substring(0, 10);
            String lastDay = person.path("deceasedDateTime").asString(Population.LAST_DAY.toString());
            assertThat(day).isBetween(person.path("birthDate").asString(), lastDay);
        });
        assertThat(Sample.all("Patient")).anyMatch(person -> person.has("deceasedDateTime"));
    }

    private static Set<String> without(String condition) {
        Set<String> with = patientsWith(condition);
        return Sample.all("Patient")
                .filter(person -> age(person) >= 18)
                .map(Sample::reference)
                .filter(person -> !with.contains(person))
                .collect(Collectors.toSet());
    }

    private static double mean(String loinc, Set<String> patients) {
        return Sample.all("Observation")
                .filter(observation -> patients.contains(patient(observation)))
                .flatMap(observation -> Stream.concat(
                        Stream.of(observation), observation.path("component").valueStream()))
                .filter(part -> code(part.path("code")).equals(loinc))
                .mapToDouble(PlausibilityTest::value)
                .average()
                .orElseThrow();
    }

    private static Map<String, Double> atVisits(String loinc) {
        return Sample.all("Observation")
                .filter(observation -> code(observation.path("code")).equals(loinc))
                .collect(Collectors.toMap(
                        observation -> observation.at("/encounter/reference").asString(), PlausibilityTest::value));
    }

    private static double value(JsonNode part) {
        return part.at("/valueQuantity/value").asDouble();
    }

    /** How many disorders that did not pass a person of an age has, on average. */
    private static double problems(int from, int to) {
        List<String> people = Sample.all("Patient")
                .filter(person -> age(person) >= from && age(person) <= to)
                .map(Sample::reference)
                .toList();
        double problems = Sample.all("Condition")
                .filter(condition -> people.contains(patient(condition)) && !condition.has("abatementDateTime"))
                .count();
        return problems / people.size();
    }

    private static int age(ObjectNode person) {
        LocalDate born = LocalDate.parse(person.path("birthDate").asString());
        return born.until(Population.LAST_DAY).getYears();
    }
}
