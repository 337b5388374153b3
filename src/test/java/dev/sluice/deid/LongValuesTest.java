package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long values are written without a copy, and large ones are changed without one. */
class LongValuesTest {
    private static final String PATIENT = """
            {"resourceType":"Patient","id":"p1","meta":{"extension":[{"url":"u","valueString":"@"}],"source":"s"},\
            "text":{"status":"generated","div":"@"},"contained":[{"resourceType":"Organization","id":"o","name":"@"}],\
            "name":[{"family":"@","given":["@","b",null,"@"],"_given":[null,{"extension":[{"url":"u",\
            "valueString":"@"}]},{"extension":[{"url":"u","valueString":"@"}]},null]},{"text":"@"}],\
            "address":[{"city":"@"},{"line":["@","@"]}],"photo":[{"title":"@","data":"@"}]}""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"path\":\"Patient.id\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.meta\",\"method\":\"keep\"},{\"path\":\"Patient.gender\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.meta\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.meta.source\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.name.family\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.name.given\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.name.given.extension\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.name.given\",\"method\":\"keep\"},{\"path\":\"Patient\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.address.city\",\"method\":\"redact\"}",
                "{\"path\":\"nodesByType('Organization')\",\"method\":\"redact\"}",
                "{\"path\":\"Organization.name\",\"method\":\"redact\"}",
                "{\"path\":\"Patient.photo\",\"method\":\"substitute\",\"replaceWith\":{\"title\":\"t\"}}",
                "{\"path\":\"Patient.photo.data\",\"method\":\"keep\"},{\"path\":\"Patient.photo\",\"method\":"
                        + "\"substitute\",\"replaceWith\":{\"title\":\"t\"}}",
            })
    void longValuesAreWrittenAsShortOnes(String rules) {
        String value = "ä".repeat(5_000) + "\\n";

        assertThat(apply(rules, PATIENT.replace("@", value)))
                .isEqualTo(apply(rules, PATIENT).replace("@", value));
    }

    @Test
    void aLargeValueHasTheHashOfItsText() {
        String value = "A".repeat(5 << 20);
        String rule = "{\"path\":\"Binary.data\",\"method\":\"cryptoHash\"}";
        CryptoHash hash = new CryptoHash("123".getBytes(UTF_8));

        assertThat(apply(rule, "{\"resourceType\":\"Binary\",\"data\":\"" + value + "\"}"))
                .contains("\"data\":\"" + hash.value(value) + "\"", "CRYTOHASH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redact", "remove"})
    void aLargeValueIsRemoved(String method) {
        String rule = "{\"path\":\"Binary.data\",\"method\":\"" + method + "\"}";

        assertThat(apply(rule, "{\"resourceType\":\"Binary\",\"data\":\"" + "A".repeat(5 << 20) + "\"}"))
                .doesNotContain("AAAA")
                .contains("REDACTED");
    }

    @Test
    void aLargeValueIsNotEncrypted() {
        String resource = "{\"resourceType\":\"Binary\",\"data\":\"" + "A".repeat(5 << 20) + "\"}";

        assertThatThrownBy(() -> apply("{\"path\":\"Binary.data\",\"method\":\"encrypt\"}", resource))
                .isInstanceOf(DeidentificationException.class)
                .hasMessageContaining("a value is larger than 4 MB, too large for encrypt");
    }

    private static String apply(String rules, String resource) {
        String file = "{\"fhirPathRules\":[" + rules + "],\"parameters\":{\"cryptoHashKey\":\"123\"}}";
        RuleFile parsed = RuleFile.parse(file.getBytes(UTF_8));
        DeidKeys keys = DeidKeys.of(parsed.parameters().keys(), reference -> "");
        byte[] stored = resource.getBytes(UTF_8);
        ByteBuffer result =
                Deidentifier.of(parsed, keys, LocalDate.EPOCH).apply(stored, 0, stored.length, new RuleCounts());
        return UTF_8.decode(result).toString();
    }
}
