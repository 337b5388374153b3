package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A path that is compiled selects what HAPI's FHIRPath engine selects by it. */
class PathOracleTest {
    private static final DeidKeys KEYS = DeidKeys.random();

    private static final List<String> RESOURCES = List.of(
            "patient-basic",
            "contained-basic",
            "contained-in-bundle",
            "bundle-basic",
            "Account-R4",
            "Claim-R4",
            "Contract-R4",
            "OrganizationAffiliation",
            "ServiceRequest");

    private static final List<String> MORE = List.of(
            "Patient.name.where(use='official')",
            "Patient.name.where(use='official').given",
            "Patient.extension.where(url='http://hl7.org/fhir/StructureDefinition/patient-birthTime')",
            "Patient.birthDate.extension('http://hl7.org/fhir/StructureDefinition/patient-birthTime').value",
            "Patient.contact.where(name.exists()).telecom",
            "Patient.contact.where(organization.exists())",
            "Patient.children().children()",
            "Patient.descendants()",
            "Patient.contact.descendants()",
            "Patient.deceased as dateTime",
            "Patient.deceased.ofType(boolean)",
            "Patient.contact.name.nodesByType('HumanName')",
            "(Claim.item.serviced as Period).start",
            "Claim.nodesByType('Money').value",
            "Bundle.entry.resource.name",
            "Bundle.entry.resource.nodesByType('HumanName')",
            "Condition.contained.name",
            "nodesByName('value')",
            "nodesByType('string')",
            "nodesByType('code')",
            "nodesByType('Quantity')");

    static Stream<String> paths() {
        RuleFile sample = RuleFile.parse(MicrosoftFiles.read("configurations/configuration-sample.json"));
        RuleFile other = RuleFile.parse(MicrosoftFiles.read("configurations/r4-configuration-sample.json"));
        return Stream.of(
                        IntStream.rangeClosed(1, sample.size()).mapToObj(sample::path),
                        IntStream.rangeClosed(1, other.size()).mapToObj(other::path),
                        MORE.stream())
                .flatMap(each -> each)
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void aCompiledPathSelectsWhatFhirPathSelects(String path) {
        String forced = path.contains(" as ") ? "(" + path + ").where(true)" : path + ".where(true)";
        Deidentifier compiled = removing(path, false);
        Deidentifier oracle = removing(forced, true);

        List<String> different = new ArrayList<>();
        for (String resource : RESOURCES) {
            byte[] stored = MicrosoftFiles.resource(resource);
            String expected = result(oracle, stored);
            if (!result(compiled, stored).equals(expected)) {
                different.add(resource);
            }
        }

        assertThat(different).isEmpty();
    }

    private static String result(Deidentifier deidentifier, byte[] stored) {
        return UTF_8.decode(deidentifier.apply(stored, 0, stored.length, new RuleCounts()))
                .toString();
    }

    private static Deidentifier removing(String path, boolean byFhirPath) {
        RuleFile file = RuleFile.parse(
                ("{\"fhirPathRules\":[{\"path\":\"" + path + "\",\"method\":\"remove\"}]}").getBytes(UTF_8));
        assertThat(file.needsFhirPath(1)).isEqualTo(byFhirPath);
        return Deidentifier.of(file, KEYS, LocalDate.of(2026, 6, 1));
    }
}
