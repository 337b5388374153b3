package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeidServicesTest {
    private static final String MARKER = "Mary-Marker";
    private static final String OBSERVATION = """
            {"resourceType":"Observation","id":"o1","text":{"status":"generated","div":"<div>Mary-Marker</div>"},\
            "subject":{"reference":"Patient/Mary-Marker/_history/2"},"status":"final","code":{"text":"Mary-Marker"},\
            "issued":"2020-01-01T00:00:00Z","valueString":"about Mary-Marker"}""";

    private final DeidServices working = new DeidServices(
            text -> text.replace(MARKER, "[name]"),
            (domain, value) -> domain + "-" + Integer.toHexString(value.hashCode()));

    @Test
    void freeTextIsScrubbedAndNothingElseRemains() {
        String result = apply(working, rules("Observation", "scrub", ""));

        assertThat(result)
                .contains("\"valueString\":\"about [name]\"", "<div>[name]</div>", "\"text\":\"[name]\"", "REDACTED")
                .doesNotContain(MARKER, "2020-01-01", "final", "o1");
    }

    @Test
    void idsAndReferencesHaveTheSamePseudonym() {
        String pseudonym = "study-" + Integer.toHexString(MARKER.hashCode());
        RuleFile rules = rules("Resource.id", "pseudonymize", "\"domain\":\"study\"");

        String result =
                apply(working, rules("nodesByType('Reference').reference", "pseudonymize", "\"domain\":\"study\""));

        assertThat(result).contains("\"reference\":\"Patient/" + pseudonym + "/_history/2\"", "\"PSEUDED\"");
        assertThat(Deidentifier.of(rules, DeidKeys.random(), LocalDate.EPOCH, working)
                        .id(ResourceType.PATIENT, MARKER))
                .isEqualTo(pseudonym);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scrub", "pseudonymize"})
    void aServiceThatRefusesAValueFailsTheResource(String method) {
        DeidServices refusing = new DeidServices(text -> null, (domain, value) -> null);
        String settings = "\"domain\":\"study\"";

        assertThatThrownBy(() -> apply(refusing, rules("Observation.value", method, settings)))
                .isInstanceOf(DeidentificationException.class)
                .hasMessageContaining("rule 1, path 'Observation.value'")
                .hasMessageNotContaining(MARKER);
        assertThat(apply(refusing, rules("Observation.value", method, settings, "skip")))
                .doesNotContain(MARKER)
                .contains("\"resourceType\":\"Observation\"", "REDACTED");
    }

    /** An outage is no property of a resource: the export waits, and no resource is emptied. */
    @ParameterizedTest
    @ValueSource(strings = {"scrub", "pseudonymize"})
    void aServiceThatIsAwayFailsTheUnit(String method) {
        DeidServices away = new DeidServices(text -> fail(), (domain, value) -> fail());

        assertThatThrownBy(() -> apply(away, rules("Observation.value", method, "\"domain\":\"study\"", "skip")))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void rulesThatNeedAServiceAreRefusedWithoutOne() {
        assertThatThrownBy(() -> DeidServices.NONE.requireFor(rules("Observation.note", "scrub", "")))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessage(
                        "Rule 1, path 'Observation.note': the method scrub needs a service. An operator of the server"
                                + " can set one by sluice.deidentification.scrubber-url.");
        assertThatThrownBy(() -> apply(DeidServices.NONE, rules("Patient.id", "pseudonymize", "\"domain\":\"study\"")))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining("sluice.deidentification.pseudonym-url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"domain\":\"\"", "\"domain\":{}", "\"domain\":null"})
    void pseudonymsNeedADomain(String settings) {
        assertThatThrownBy(() -> rules("Patient.id", "pseudonymize", settings))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining("needs a domain");
    }

    private static String fail() {
        throw new UncheckedIOException("away", new IOException());
    }

    private static RuleFile rules(String path, String method, String settings) {
        return rules(path, method, settings, "raise");
    }

    private static RuleFile rules(String path, String method, String settings, String faults) {
        String more = settings.isEmpty() ? "" : "," + settings;
        String file = "{\"processingErrors\":\"" + faults + "\",\"fhirPathRules\":[{\"path\":\"" + path
                + "\",\"method\":\"" + method + "\"" + more + "}]}";
        return RuleFile.parse(file.getBytes(UTF_8));
    }

    private static String apply(DeidServices services, RuleFile rules) {
        byte[] stored = OBSERVATION.getBytes(UTF_8);
        ByteBuffer result = Deidentifier.of(rules, DeidKeys.random(), LocalDate.EPOCH, services)
                .apply(stored, 0, stored.length, new RuleCounts());
        return UTF_8.decode(result).toString();
    }
}
