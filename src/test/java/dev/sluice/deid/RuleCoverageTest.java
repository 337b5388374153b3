package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.deid.RuleCoverage.Gap;
import dev.sluice.deid.RuleCoverage.Idle;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.IdentifyingElements.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RuleCoverageTest {
    @Test
    void tellsTheRulesThatDecideNothing() {
        assertThat(of(
                                "Patient",
                                "Patient.name.given",
                                "Patient.nme",
                                "Patient.name",
                                "Patient.name.family",
                                "Observation.code")
                        .idle())
                .containsExactly(new Idle(2, true), new Idle(4, false), new Idle(5, true));
    }

    @Test
    void aRuleWithAConditionMayDecide() {
        assertThat(of(
                                "Patient",
                                "Patient.address.where(country = 'US').postalCode",
                                "Patient.address.where(country = 'USA').postalCode",
                                "Patient.address",
                                "Patient.extension.where(url = 'a').value",
                                "Patient.where(extension.exists()).nme")
                        .idle())
                .containsExactly(new Idle(5, true));
    }

    @Test
    void tellsTheElementsThatNoRuleCovers() {
        List<Gap> gaps = of("Patient", "nodesByType('Extension')", "nodesByType('string')", "nodesByType('Identifier')")
                .gaps();

        assertThat(gaps)
                .filteredOn(gap -> gap.kind() == Kind.DATE)
                .extracting(Gap::element)
                .containsExactlyInAnyOrder(
                        "Meta.lastUpdated",
                        "Patient.birthDate",
                        "Patient.deceased",
                        "Period.start",
                        "Period.end",
                        "Attachment.creation");
        assertThat(gaps)
                .filteredOn(gap -> gap.element().equals("Period.start"))
                .singleElement()
                .satisfies(gap -> {
                    assertThat(gap.types()).containsExactly("Patient");
                    assertThat(gap.example()).isEqualTo("Patient.name.period.start");
                });
        assertThat(gaps).extracting(Gap::element).doesNotContain("HumanName.family", "Identifier.system", "Element.id");
    }

    /** It would be left as it is, and no later rule would see it. */
    @Test
    void aMethodThatDoesNotFitCoversNothing() {
        RuleCoverage coverage = RuleCoverage.of(
                        RuleFile.parse(
                                "fhirPathRules: [{path: Patient, method: dateShift}, {path: Patient.name, method: redact}]"
                                        .getBytes(UTF_8)),
                        List.of(ResourceType.PATIENT))
                .orElseThrow();

        assertThat(coverage.gaps())
                .extracting(Gap::element)
                .contains("Identifier.value", "HumanName.family")
                .doesNotContain("Patient.birthDate");
    }

    /** What holds only for some elements does not cover the others. */
    @Test
    void aConditionCoversNothing() {
        assertThat(of("Patient", "Patient.name.where(use = 'official')", "nodesByType('Address').where(use = 'home')")
                        .gaps())
                .extracting(Gap::element)
                .contains("HumanName.family", "Address.city", "Extension.value");
    }

    @Test
    void oneElementInSeveralTypesIsToldOnce() {
        assertThat(of("Patient Observation", "Resource.id").gaps())
                .filteredOn(gap -> gap.element().equals("Coding.display"))
                .singleElement()
                .satisfies(gap -> assertThat(gap.types()).containsExactly("Observation", "Patient"));
    }

    /** Nobody reads more rules, but anybody who may write rule files can have them read. */
    @Test
    @Timeout(60)
    void manyRulesAreBounded() {
        String[] paths = IntStream.range(0, 5_000)
                .mapToObj(
                        i -> i % 2 == 0 ? "nodesByName('a" + i + "')" : "nodesByType('Extension').descendants().a" + i)
                .toArray(String[]::new);

        assertThat(of("Patient", paths).idle()).hasSize(5_000);
        assertThat(coverage("Patient Observation Encounter Claim Task Goal Group", paths))
                .isEmpty();
    }

    private static RuleCoverage of(String types, String... paths) {
        return coverage(types, paths).orElseThrow();
    }

    private static Optional<RuleCoverage> coverage(String types, String... paths) {
        String rules = Arrays.stream(paths)
                .map(path -> "- {path: \"" + path + "\", method: redact}\n")
                .collect(Collectors.joining());
        return RuleCoverage.of(
                RuleFile.parse(("fhirPathRules:\n" + rules).getBytes(UTF_8)),
                Stream.of(types.split(" ")).map(ResourceType::of).toList());
    }
}
