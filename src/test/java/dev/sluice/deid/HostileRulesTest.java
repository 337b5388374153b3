package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.FhirPath;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule files that want time or memory, and resources that make rules need them. */
@Timeout(60)
class HostileRulesTest {
    private static final String REDACT = "\",\"method\":\"redact\"}";

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '"', textBlock = """
            Patient.repeat(children())                                    ~ repeat() is not supported
            Patient.descendants().where(%resource.name.exists())          ~ %resource is not supported
            Patient.descendants().descendants().first()                   ~ may occur only once
            Patient.name.where(descendants().exists())                    ~ may not be in the argument
            Patient.descendants().distinct()                              ~ all elements of a resource would be compared
            (Patient.descendants() | Patient.name)                        ~ all elements of a resource would be compared
            Patient.name.trace('x')                                       ~ trace() is not supported
            Patient.link.other.resolve()                                  ~ resolve() is not supported
            Patient.name.where($this.family.memberOf('x'))                ~ memberOf() is not supported
            """)
    void expensivePathsAreRefused(String path, String reason) {
        assertThatThrownBy(() -> parse("{\"path\":\"" + path + REDACT)).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$this.replace('a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').replace('a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
                "$this.replace('a',$this)",
                "$this.replaceMatches('.','$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0').replaceMatches('.','$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0')",
                "$this.select($this+$this).select($this+$this).select($this+$this).select($this+$this).select($this+$this).select($this+$this).select($this+$this).select($this+$this)",
                "$this.encode('hex').encode('hex').encode('hex').encode('hex').encode('hex')",
                "2.power(1000).power(1000)"
            })
    void resultsThatWouldGrowAreRefused(String expression) {
        String rule = "{\"path\":\"Patient.name.family\",\"method\":\"generalize\",\"cases\":{\"true\":\"" + expression
                + "\"}}";

        assertThatThrownBy(() -> parse(rule)).isInstanceOf(InvalidRulesException.class);
    }

    @Test
    void largeFilesAreRefused() {
        assertRefused(" ".repeat((1 << 20) + 1), "Anonymization configuration is too large > 1MB.");
        assertRefused(rules(5_001), "at most 5000 rules");
        assertRefused("[".repeat(100_000), "not YAML");
        assertRefused("{\"a\":" + "[".repeat(100_000), "not valid JSON");
        assertRefused("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}", "nested deeper");
        assertRefused("a: " + "[".repeat(500_000), "not");
        assertRefused(
                "{\"fhirPathRules\":[{\"path\":\"Patient" + ".name".repeat(200) + REDACT + "]}", "1000 characters");
        assertRefused("{\"fhirPathRules\":[{\"path\":\"Patient" + ".a".repeat(60) + REDACT + "]}", "50 steps");
        assertRefused("{\"fhirPathRules\":[{\"path\":\"" + "(".repeat(900) + REDACT + "]}", "Invalid FHIR path");
        assertRefused(
                "{\"fhirPathRules\":[{\"path\":\"Patient.name.where(" + "(".repeat(400) + "1" + ")".repeat(400) + ")"
                        + REDACT + "]}",
                "Invalid FHIR path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "a.", "-", "a[", "a+", "iif(", "a.where(", "not "})
    void expressionsDoNotExhaustTheStack(String part) throws InterruptedException {
        String path = (part.repeat(1_000) + "a").substring(0, 990);
        AtomicReference<String> reason = new AtomicReference<>("");
        Thread small = new Thread(
                null,
                () -> {
                    try {
                        FhirPath.check(path);
                    } catch (IllegalArgumentException e) {
                        reason.set(String.valueOf(e.getMessage()));
                    }
                },
                "small",
                512 << 10);
        small.start();
        small.join();

        assertThat(reason.get()).isNotEmpty();
    }

    @Test
    void aShortFileThatWouldBecomeLongIsRefused() {
        String text = "A".repeat(300_000);

        assertRefused(
                "x: &a \"" + text + "\"\nfhirPathRules: []\ny:\n" + "- *a\n".repeat(1_000),
                "anchors and aliases of YAML are not supported, as at line 1.");
        assertRefused("x: &a {b: 1}\nfhirPathRules: []\n", "anchors and aliases");
        assertRefused(
                "fhirPathRules:\n- {path: Patient.name, method: substitute, replaceWith: '" + "\\".repeat(600_000)
                        + "'}",
                "as JSON, it is larger than 1 MB");
    }

    @Test
    void manyConditionsAreRefused() {
        String one = "{\"path\":\"nodesByType('Quantity').where(code='%d').value\",\"method\":\"redact\"}";
        String other = "{\"path\":\"Patient.name[%d]\",\"method\":\"redact\"}";
        String most = IntStream.range(0, 500)
                .mapToObj(i -> one.formatted(i) + "," + other.formatted(i))
                .collect(Collectors.joining(","));

        assertThat(parse(most).size()).isEqualTo(1_000);
        assertRefused(
                "{\"fhirPathRules\":[" + most + "," + one.formatted(500) + "]}",
                "at most 1000 rules may have a condition or need FHIRPath, not 1001");
    }

    @Test
    void manyRulesTakeBoundedTime() {
        Deidentifier many = deidentifier(rules(5_000).replace("\"fhirPathRules\":", "\"fhirPathRules\":"));

        assertThat(apply(many, patient(100))).isNotEmpty();
    }

    /** The number of different sets of paths at an element would double with each level. */
    @Test
    void pathsThatMultiplyTakeBoundedTime() {
        String paths = IntStream.range(0, 500)
                .mapToObj(i -> "{\"path\":\"descendants().nodesByName('extension').nodesByType('Extension')"
                        + ".descendants().nodesByName('x" + i + "').where(url.exists())" + REDACT)
                .collect(Collectors.joining(","));
        String nested = "{\"url\":\"a\",\"extension\":[".repeat(200) + "{\"url\":\"b\"}" + "]}".repeat(200);

        assertThat(apply(
                        deidentifier("{\"fhirPathRules\":[" + paths + "]}"),
                        "{\"resourceType\":\"Patient\",\"extension\":[" + nested + "]}"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$this.matches('(.*a){30}c')",
                "$this.matchesFull('(.*a){30}')",
                "$this.replaceMatches('(.*a){30}c', 'x') = 'y'"
            })
    void regularExpressionsAreStopped(String condition) {
        String rule = "{\"path\":\"Patient.name.family\",\"method\":\"generalize\",\"cases\":" + "{\"" + condition
                + "\":\"'x'\"}}";
        Deidentifier matching = deidentifier("{\"fhirPathRules\":[" + rule + "]}");
        String patient = "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"" + "a".repeat(5_000) + "!\"}]}";

        assertThatThrownBy(() -> apply(matching, patient)).isInstanceOf(DeidentificationException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 400, 499})
    void deepResourcesAreReadOrRefused(int depth) {
        String rules = "{\"fhirPathRules\":[{\"path\":\"Patient.extension.where(url.startsWith('x'))" + REDACT + "]}";
        String deep =
                "{\"resourceType\":\"Patient\",\"extension\":[" + "{\"url\":\"a\",\"extension\":[".repeat(depth / 2)
                        + "{\"url\":\"b\"}" + "]}".repeat(depth / 2) + "]}";

        if (depth <= 100) {
            assertThat(apply(deidentifier(rules), deep)).contains("\"b\"");
        } else {
            assertThatThrownBy(() -> apply(deidentifier(rules), deep)).hasMessageContaining("cannot be de-identified");
        }
    }

    @Test
    void deepResourcesDoNotExhaustTheStack() throws InterruptedException {
        Deidentifier redacting = deidentifier("{\"fhirPathRules\":[{\"path\":\"nodesByName('url')" + REDACT + "]}");
        String deep = "{\"resourceType\":\"Patient\",\"extension\":[" + "{\"url\":\"a\",\"extension\":[".repeat(248)
                + "{\"valueString\":\"b\"}" + "]}".repeat(248) + "]}";
        AtomicReference<String> result = new AtomicReference<>("");
        Thread small = new Thread(null, () -> result.set(apply(redacting, deep)), "small", 512 << 10);
        small.start();
        small.join();

        assertThat(result.get()).contains("\"b\"").doesNotContain("url");
    }

    @Test
    void aLargeResourceIsRefusedByFhirPathOnly() {
        String byFhirPath = "{\"fhirPathRules\":[{\"path\":\"Patient.name.first()" + REDACT + "]}";
        String byName = "{\"fhirPathRules\":[{\"path\":\"Patient.name" + REDACT + "]}";
        String large = patient(60_000);

        assertThatThrownBy(() -> apply(deidentifier(byFhirPath), large)).hasMessageContaining("too large for FHIRPath");
        assertThat(apply(deidentifier(byName), large)).doesNotContain("family");
    }

    private static String patient(int names) {
        return "{\"resourceType\":\"Patient\",\"name\":[" + "{\"family\":\"a\"},".repeat(names)
                + "{\"family\":\"b\"}]}";
    }

    private static String rules(int count) {
        return "{\"fhirPathRules\":["
                + IntStream.range(0, count)
                        .mapToObj(i -> "{\"path\":\"nodesByType('HumanName').nodesByName('n" + i + "')" + REDACT)
                        .collect(Collectors.joining(","))
                + "]}";
    }

    private static void assertRefused(String file, String reason) {
        assertThatThrownBy(() -> RuleFile.parse(file.getBytes(UTF_8)))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining(reason);
    }

    private static RuleFile parse(String rule) {
        return RuleFile.parse(("{\"fhirPathRules\":[" + rule + "]}").getBytes(UTF_8));
    }

    private static Deidentifier deidentifier(String file) {
        return Deidentifier.of(RuleFile.parse(file.getBytes(UTF_8)), DeidKeys.random(), LocalDate.of(2026, 6, 1));
    }

    private static String apply(Deidentifier deidentifier, String resource) {
        byte[] stored = resource.getBytes(UTF_8);
        ByteBuffer result = deidentifier.apply(stored, 0, stored.length, new RuleCounts());
        String text = UTF_8.decode(result).toString();
        assertThat(FhirJson.MAPPER.readTree(text).isObject()).isTrue();
        return text;
    }
}
