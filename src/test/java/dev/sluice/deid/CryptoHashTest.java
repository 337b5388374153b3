package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Most values are those of Microsoft's tests. */
class CryptoHashTest {
    private final CryptoHash hash = new CryptoHash("123".getBytes(UTF_8));

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\", \"\"",
                "abc, 8f16771f9f8851b26f4d460fa17de93e2711c7e51337cb8a608a0f81e1c1b6ae",
                "a, 69e99e82127c1f146f50653e02b92c4bb0c3bc182a6165a5bbce5f4f94e1ccb7",
                "example, 698d54f0494528a759f19c8e87a9f99e75a5881b9267ee3926bcf62c992d84ba",
                "\"&*^%$@()=-,/\", 33f6f7d6b3602bf5354dcb4b8d988982602349355f50f86798d8ce1ffd61521b",
                "ÆŊŋßſ♫∅, 1a94823f0a0f00a4b1ca771c3446dc5e17958f4dae3588ace2bca8a843eb63d9",
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890!@#$%^&*()=-,"
                        + " 352b5a4af5adb81fa616c2a5b5c492d0b0b544c188a9aa003767a2b5efbd1478",
                "bb6f4872-e456-42d5-a9da-a0d82cb7ea29,"
                        + " 73defcb8fcaf4c0c3d5c77f05b479cadbe502db2ef6e9b1523d2bfee31f3b999",
                "urn:oid:1.2.3.4.5, 6aa8e3e9af18cae990adc9c26dc006ebf633dd1332886867a691ee2d5247dd15",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520,"
                        + " 23a940be8f03522b52a393c7194407796bb5ea3c02b926b0e42fdab94ca30bad",
                "2020-04-12, 1e99c6a8b99d3c8b4906c2e80911ad3b5961fd7498d3bc2b96fb128bc7148f90",
                "2017-01-01T00:00:00.000Z, 4c765fc04a6f9967d493ff39238d47993c709d3392a72060efeff285cf7b2501",
            })
    void values(String value, String expected) {
        assertThat(hash.value(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\", \"\"",
                "#, #",
                "#p1, #a10e6bee4fbeb6a7804153c25688dd4dd7b9c2a005417136026350fc33ac609f",
                "Patient/example, Patient/698d54f0494528a759f19c8e87a9f99e75a5881b9267ee3926bcf62c992d84ba",
                "http://fhir.hl7.org/svc/StructureDefinition/c8973a22-2b5b-4e76-9c66-00639c99e61b,"
                        + " http://fhir.hl7.org/svc/StructureDefinition/"
                        + "b0ff9c939b3507a79e2ae3d2d3b595d62819b9b8f6ef10d4099b3058d902642f",
                "http://example.org/fhir/Observation/apo89654/_history/2,"
                        + " http://example.org/fhir/Observation/"
                        + "b1e85ca33baf76575ad28588af85b8f10c0dd40e9ed8cd57cdb7ae94ccd75695/_history/2",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520,"
                        + " urn:uuid:24970eb3f915e516a2b5241c0d6979097a6357a13b89612c6a54b8ab5479df34",
                "urn:oid:1.2.3.4.5, urn:oid:0543fb50485f58a47073f51aad1677607aec031c2c83c25ee7b040ade95cfbcc",
            })
    void references(String reference, String expected) {
        assertThat(hash.reference(reference)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Patient/, 034AB16, ''",
        "Patient/, 1, /_history/3",
        "https://my-server.example.org:8443/fhir_r4/~a/Patient/, 1, ''",
        "http://Patient/, 1, ''",
        "urn:uuid:, C757873D-EC9A-4326-A141-556F43239520, ''",
        "urn:oid:, 2.16.840.1.113883.0, ''",
    })
    void theIdInAReferenceHasTheHashOfTheIdItself(String prefix, String id, String suffix) {
        assertThat(hash.reference(prefix + id + suffix)).isEqualTo(prefix + hash.value(id) + suffix);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "034AB16",
                "Patient/AbcŴΉЙ",
                "Patient/",
                "/Patient/1",
                "/1",
                "/",
                "//",
                "Patient//1",
                "Patient/1/",
                "Patient/1/_history/",
                "Patient/1/_history/a b",
                "Patient/_history/1",
                "/_history/1",
                "Patient?identifier=http://hospital.example.org|4711",
                "Patient/1?name=Mary",
                "Patient/1#Mary",
                "Test/1",
                "http://fhir.hl7.org/svc/StructureDefinitionTest/c8973a22-2b5b-4e76-9c66-00639c99e61b",
                "ftp://fhir.hl7.org/svc/StructureDefinition/c8973a22-2b5b-4e76-9c66-00639c99e61b",
                "wwurn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                "urn:uuid:c757873d",
                "urn:oid:1.2.3=4.5",
                "urn:oid:1",
                "urn:oid:3.1",
                "urn:oid:1.02",
                "urn:oid:1.",
                "urn:oid:",
                "urn:isbn:0451450523",
                "urn:",
                "https://Mary:secret@example.org/Patient/1",
                "https://example.org/?name=Mary/Patient/1",
                "https://example.org/Patient/Mary/Observation/1",
                "https://example.org/a b/Patient/1",
                "mailto:mary@example.org/Patient/1",
            })
    void anotherTextIsHashedWhole(String reference) {
        assertThat(hash.reference(reference)).isEqualTo(hash.value(reference));
    }

    @Test
    void aHashMayBeShorter() {
        CryptoHash shorter = hash.truncated(16);
        assertThat(shorter.value("abc")).isEqualTo("8f16771f9f8851b2");
        assertThat(shorter.reference("Patient/abc/_history/1")).isEqualTo("Patient/8f16771f9f8851b2/_history/1");
        assertThat(hash.truncated(1000).value("abc")).isEqualTo(hash.value("abc"));
    }

    @Test
    void threadsDoNotDisturbEachOther() {
        List<String> alone =
                IntStream.range(0, 5000).mapToObj(i -> hash.value("id-" + i)).toList();
        List<String> together = ForkJoinPool.commonPool()
                .submit(() -> IntStream.range(0, 5000)
                        .parallel()
                        .mapToObj(i -> hash.value("id-" + i))
                        .toList())
                .join();
        assertThat(together).isEqualTo(alone);
    }
}
