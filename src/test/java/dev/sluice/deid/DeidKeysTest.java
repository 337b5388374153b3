package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DeidKeysTest {
    private static final LocalDate BIRTH = LocalDate.of(1980, 5, 6);

    /** The values were computed by another implementation of HKDF. */
    @Test
    void derivedKeysAreThoseOfFhirPseudonymizer() {
        DeidKeys keys = DeidKeys.derived("master-key", "project-a");

        assertThat(keys.cryptoHash())
                .asString()
                .isEqualTo("7262ca2966d8179abb1e20e7189c9db84b3e27cb7a2ddad78f2714cbce8168f7");
        assertThat(HexFormat.of().formatHex(keys.encrypt()))
                .isEqualTo("6db42d7d412175c10519f2c931fb74a9e8e98cb52b3fa8d7a95e4eb7ac19c157");
        assertThat(keys.dateShift())
                .asString()
                .isEqualTo("69434fe0c5124fc42bdda7639e84ef8f385bcb0833c3080ad0c7f77794df0eef");
        assertThat(HexFormat.of().formatHex(keys.perturb()))
                .isEqualTo("c206f0b707337460f0b9127681083585c65522b070af359023655725faa2fa8f");
        assertThat(new CryptoHash(keys.cryptoHash()).value("example"))
                .isEqualTo("e1a22414b3da6dd0036cd0f4c693d2875959d41f3d32b3d36070c967bd3dd577");
    }

    @Test
    void anotherContextGivesOtherKeys() {
        assertThat(DeidKeys.derived("master-key", "project-b").text())
                .isNotEqualTo(DeidKeys.derived("master-key", "project-a").text());
    }

    @Test
    void randomKeysDiffer() {
        assertThat(DeidKeys.random().text()).isNotEqualTo(DeidKeys.random().text());
    }

    @Test
    void theTextHasTheKeys() {
        DeidKeys keys = DeidKeys.random();
        DeidKeys read = DeidKeys.parse(keys.text());

        assertThat(read.dateShift()).isEqualTo(keys.dateShift());
        assertThat(read.cryptoHash()).isEqualTo(keys.cryptoHash());
        assertThat(read.encrypt()).isEqualTo(keys.encrypt());
        assertThat(read.perturb()).isEqualTo(keys.perturb());
        assertThat(read.likeMicrosoft()).isEqualTo(keys.likeMicrosoft());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "YQ==", "YQ==.YQ==.YQ==", "YQ==.YQ==.YQ==.YQ==", "YQ==.YQ==.YQ==.YQ==.YQ=="})
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> DeidKeys.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** One text may be both keys. Somebody who has the output has the hash of each id. */
    @Test
    void aHashTellsNeitherShiftNorNoise() {
        DeidKeys keys =
                given("\"dateShiftKey\":\"one text\",\"cryptoHashKey\":\"one text\",\"perturbKey\":\"one text\"");
        String rules = "{\"path\":\"Resource.id\",\"method\":\"cryptoHash\"},"
                + "{\"path\":\"nodesByType('date')\",\"method\":\"dateShift\"}";

        List<LocalDate> found = IntStream.range(0, 20)
                .mapToObj(i -> {
                    JsonNode patient = apply(keys, rules, "\"dateShiftScope\":\"patient\"", "p" + i);
                    int choice = new BigInteger(patient.path("id").stringValue(), 16)
                                    .mod(BigInteger.valueOf(100))
                                    .intValue()
                            - 50;
                    return LocalDate.parse(patient.path("birthDate").stringValue())
                            .minusDays(choice < 0 ? choice : choice + 1);
                })
                .filter(BIRTH::equals)
                .toList();

        assertThat(found).hasSizeLessThan(5);
        assertThat(keys.noise()).isNotEqualTo(keys.perturb()).isNotEqualTo(keys.keyedShift());
    }

    /** By Microsoft's formula, all shifts of an export follow from one of them. */
    @Test
    void onlyAKeyOfTheFileShiftsByMicrosoftsFormula() {
        String rules = "{\"path\":\"nodesByType('date')\",\"method\":\"dateShift\"}";
        DeidKeys derived = given("\"keyRef\":\"env:DEID_KEY\"");
        DeidKeys named = given("\"dateShiftKey\":\"123\"");
        int formula = DateShift.likeMicrosoft(derived.dateShift()).days("example");

        assertThat(apply(DeidKeys.parse(derived.text()), rules, "", "example")
                        .path("birthDate")
                        .stringValue())
                .isNotEqualTo(BIRTH.plusDays(formula).toString());
        assertThat(apply(DeidKeys.parse(named.text()), rules, "", "example")
                        .path("birthDate")
                        .stringValue())
                .isEqualTo(BIRTH.plusDays(41).toString());
    }

    private static DeidKeys given(String parameters) {
        return DeidKeys.of(file("", parameters).parameters().keys(), reference -> "a secret that nobody can guess");
    }

    private static RuleFile file(String rules, String parameters) {
        return RuleFile.parse(
                ("{\"fhirPathRules\":[" + rules + "],\"parameters\":{" + parameters + "}}").getBytes(UTF_8));
    }

    private static JsonNode apply(DeidKeys keys, String rules, String parameters, String id) {
        byte[] stored = ("{\"resourceType\":\"Patient\",\"id\":\"" + id + "\",\"birthDate\":\"" + BIRTH + "\"}")
                .getBytes(UTF_8);
        return FhirJson.MAPPER.readTree(
                UTF_8.decode(Deidentifier.of(file(rules, parameters), keys, LocalDate.of(2026, 6, 1))
                                .apply(stored, 0, stored.length, new RuleCounts()))
                        .toString());
    }

    @Test
    void aLogLineShowsNoKey() {
        assertThat(DeidKeys.random()).hasToString("DeidKeys");
    }
}
