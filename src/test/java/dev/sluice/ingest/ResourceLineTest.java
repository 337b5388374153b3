package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceLineTest {
    private static final Instant TIME = Instant.parse("2026-11-23T10:15:00.120Z");
    private static final String STAMP = "\"versionId\":\"7\",\"lastUpdated\":\"2026-11-23T10:15:00.120Z\"";

    @Test
    void metaIsPutBehindTheId() {
        assertThat(line("{\"resourceType\":\"Patient\",\"id\":\"p\",\"active\":true}"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"id\":\"p\",\"meta\":{" + STAMP + "},\"active\":true}");
    }

    @Test
    void versionAndTimeArePutAtTheFrontOfTheMetaThatIsThere() {
        assertThat(line("{\"resourceType\":\"Patient\",\"meta\":{\"profile\":[\"x\"],\"tag\":[]},\"id\":\"p\"}"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"meta\":{" + STAMP
                        + ",\"profile\":[\"x\"],\"tag\":[]},\"id\":\"p\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; {}",
                "{\"versionId\":\"1\"}; {}",
                "{ \"versionId\" : \"1\" , \"lastUpdated\":\"2020-01-01T00:00:00Z\" }; {}",
                "{\"lastUpdated\":\"2020-01-01T00:00:00Z\",\"source\":\"a\"}; {\"source\":\"a\"}",
                "{\"source\":\"a\",\"versionId\":\"1\"}; {\"source\":\"a\"}",
                "{\"source\":\"a\",\"versionId\":{\"x\":[1,2]},\"tag\":[{ }]}; {\"source\":\"a\",\"tag\":[{}]}",
                "{\"source\":\"a\",\"_lastUpdated\":{}}; {\"source\":\"a\",\"_lastUpdated\":{}}",
                "{\"v\\u0065rsionId\":\"1\"}; {}",
            })
    void versionAndTimeThatTheClientSentAreDropped(String sent, String kept) {
        String expected = kept.replaceFirst("\\{", "{" + STAMP + (kept.equals("{}") ? "" : ","));

        assertThat(line("{\"resourceType\":\"Patient\",\"id\":\"p\",\"meta\":" + sent + "}"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"id\":\"p\",\"meta\":" + expected + "}");
        assertThat(line("{\"meta\":" + sent + ",\"resourceType\":\"Patient\",\"id\":\"p\"}"))
                .isEqualTo("{\"meta\":" + expected + ",\"resourceType\":\"Patient\",\"id\":\"p\"}");
    }

    @Test
    void anEscapedNameIsTheSameName() {
        assertThat(line("{\"resourceType\":\"Patient\",\"\\u0069d\":\"p\",\"m\\u0065ta\":{\"source\":\"a\"}}"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"\\u0069d\":\"p\",\"m\\u0065ta\":{" + STAMP
                        + ",\"source\":\"a\"}}");
    }

    @Test
    void aMissingIdIsPutBehindTheType() {
        assertThat(line("{\"active\":true,\"resourceType\":\"Patient\",\"gender\":\"male\"}", "new"))
                .isEqualTo("{\"active\":true,\"resourceType\":\"Patient\",\"id\":\"new\",\"meta\":{" + STAMP
                        + "},\"gender\":\"male\"}");
        assertThat(line("{\"meta\":{\"source\":\"a\"},\"resourceType\":\"Patient\"}", "new"))
                .isEqualTo("{\"meta\":{" + STAMP + ",\"source\":\"a\"},\"resourceType\":\"Patient\",\"id\":\"new\"}");
    }

    @Test
    void anotherIdIsReplacedWhereItStands() {
        assertThat(line("{\"id\":\"old\",\"resourceType\":\"Patient\"}", "new"))
                .isEqualTo("{\"id\":\"new\",\"meta\":{" + STAMP + "},\"resourceType\":\"Patient\"}");
        assertThat(line("{\"resourceType\":\"Patient\",\"meta\":{},\"text\":{\"id\":\"old\"},\"id\":\"old\"}", "new"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"meta\":{" + STAMP
                        + "},\"text\":{\"id\":\"old\"},\"id\":\"new\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.00",
                "-0.0",
                "1E-22",
                "1e+5",
                "0.1000000000000000055511151231257827021181583404541015625",
                "123456789012345678901234567890",
                "\"caf\\u00e9\"",
                "\"a\\/b\"",
                "\"\\ud83d\\ude00\"",
                "\"lone \\ud800 surrogate\"",
                "\"\\u0000\"",
                "\"line\u2028and\u2029paragraph\u0085separator\"",
                "\"\ud83d\ude00 beyond the first plane \ud840\udc00\"",
                "\"quote \\\" backslash \\\\\"",
                "\"\\\\\\\"\"",
                "\"  inner   spaces \\t \\n \"",
                "[null,true,false,[],{}]",
                "{\"b\":1,\"a\":{\"d\":[1,2.50],\"c\":\"\"}}",
            })
    void valuesKeepTheirBytes(String value) {
        assertThat(line("{\"resourceType\":\"Basic\",\"id\":\"b\",\"meta\":{\"x\":" + value + "},\"y\":" + value + "}"))
                .isEqualTo("{\"resourceType\":\"Basic\",\"id\":\"b\",\"meta\":{" + STAMP + ",\"x\":" + value
                        + "},\"y\":" + value + "}");
    }

    @Test
    void whiteSpaceBetweenTokensIsDroppedWhateverItsKind() {
        assertThat(line(" \r\n\t{ \"resourceType\" :\t\"Patient\" ,\r\n \"id\":\"p\" , \"meta\" : { \"tag\" : [ ]\n } ,"
                        + " \"name\" : [ { \"text\" : \" A  B \" } ] } \r\n"))
                .isEqualTo("{\"resourceType\":\"Patient\",\"id\":\"p\",\"meta\":{" + STAMP
                        + ",\"tag\":[]},\"name\":[{\"text\":\" A  B \"}]}");
    }

    @Test
    void aPartOfAnArrayIsReadWithoutItsNeighbours() {
        byte[] buffer =
                "é}{\"resourceType\":\"Patient\",\"x\":\"é\",\"id\":\"p\",\"meta\":{\"y\":\"ü\"}}{\"".getBytes(UTF_8);

        ResourceLine line = ResourceJson.parse(buffer, 3, buffer.length - 5).line("p");

        assertThat(new String(line.stamp(7, FhirInstant.format(TIME)), UTF_8))
                .isEqualTo(
                        "{\"resourceType\":\"Patient\",\"x\":\"é\",\"id\":\"p\",\"meta\":{" + STAMP + ",\"y\":\"ü\"}}");
    }

    @Test
    void anAttachmentOfTenMegabytesIsKept() {
        String data = "QUJD".repeat(10 << 18);

        assertThat(line("{\"resourceType\":\"Binary\",\"id\":\"b\",\"data\":\"" + data + "\"}"))
                .isEqualTo("{\"resourceType\":\"Binary\",\"id\":\"b\",\"meta\":{" + STAMP + "},\"data\":\"" + data
                        + "\"}");
    }

    @Test
    void nestingIsTakenUpToALimit() {
        assertThat(line(nested(499))).contains("[".repeat(499) + "]".repeat(499));

        refused(nested(500), "nesting");
        refused(nested(1_000_000), "nesting");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "~~; JSON object",
                "[]; JSON object",
                "\"x\"; JSON object",
                "{\"resourceType\":\"Patient\",\"id\":\"p\"; not valid JSON",
                "{\"resourceType\":\"Patient\",\"id\":\"p\"} {}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"id\":\"p\",}; not valid JSON",
                "{'resourceType':'Patient'}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":1 2}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":tr ue}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":NaN}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":+1}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":01}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":.5}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":\"\\x\"}; not valid JSON",
                "{\"resourceType\":\"Patient\",\"a\":1} // comment; not valid JSON",
                "{\"id\":\"p\"}; no 'resourceType'",
                "{\"resourceType\":1}; 'resourceType' must be a string",
                "{\"resourceType\":\"patient\"}; did you mean 'Patient'",
                "{\"resourceType\":\"Patient\",\"id\":5}; 'id' must be a string",
                "{\"resourceType\":\"Patient\",\"id\":null}; 'id' must be a string",
                "{\"resourceType\":\"Patient\",\"meta\":[]}; 'meta' must be a JSON object",
                "{\"resourceType\":\"Patient\",\"meta\":null}; 'meta' must be a JSON object",
            })
    void whatIsNoResourceIsRefused(String text, String why) {
        refused(text, why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"resourceType\":\"Patient\",\"id\":\"p\",\"id\":\"p\"}",
                "{\"resourceType\":\"Patient\",\"id\":\"p\",\"\\u0069d\":\"p\"}",
                "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"text\":\"a\",\"text\":\"b\"}]}",
                "{\"resourceType\":\"Patient\",\"id\":\"p\",\"meta\":{\"tag\":[],\"tag\":[]}}",
            })
    void doubledNamesAreRefused(String text) {
        refused(text, "Duplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c3", "c0af", "c080", "eda080", "edbfbf", "f4908080", "f8888080", "80", "e282"})
    void bytesThatAreNotUtf8AreRefused(String hex) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes("{\"resourceType\":\"Patient\",\"id\":\"p\",\"x\":\"é".getBytes(UTF_8));
        for (int i = 0; i < hex.length(); i += 2) {
            text.write(Integer.parseInt(hex.substring(i, i + 2), 16));
        }
        text.writeBytes("\"}".getBytes(UTF_8));

        refused(text.toByteArray(), "not UTF-8: byte 43 is 0x" + hex.substring(0, 2));
    }

    @Test
    void utf16IsRefusedThoughAJsonParserWouldReadIt() {
        String text = "{\"resourceType\":\"Patient\",\"id\":\"p\"}";

        refused(text.getBytes(java.nio.charset.StandardCharsets.UTF_16LE), "looks like UTF-16");
        refused(text.getBytes(java.nio.charset.StandardCharsets.UTF_16BE), "looks like UTF-16");
        refused(text.getBytes(java.nio.charset.Charset.forName("UTF-32BE")), "looks like UTF-16");
        refused(text.getBytes(java.nio.charset.StandardCharsets.UTF_16), "not UTF-8");
    }

    @Test
    void aLiteralNulIsRefused() {
        refused("{\"resourceType\":\"Patient\",\"id\":\"p\",\"x\":\"a\0b\"}", "not valid JSON");
        refused("{\"resourceType\":\"Patient\",\"id\":\"p\"}\0", "not valid JSON");
    }

    @Test
    void aResourceOfMoreThan64MegabytesIsRefused() {
        byte[] text = new byte[(64 << 20) + 1];

        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> ResourceJson.parse(text))
                .matches(problem -> problem.status() == 413)
                .withMessageContaining("64 MB");
    }

    @Test
    void anIdMustBeThereAndValidWhereTheClientNamesTheResource() {
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> parse("{\"resourceType\":\"Patient\"}").key())
                .withMessageContaining("Patient has no 'id'");
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() ->
                        parse("{\"resourceType\":\"Patient\",\"id\":\"a_b\"}").key())
                .withMessageContaining("'a_b' is not a FHIR id");
    }

    private static String nested(int depth) {
        return "{\"resourceType\":\"Basic\",\"id\":\"b\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    }

    private static void refused(String text, String why) {
        refused(text.getBytes(UTF_8), why);
    }

    private static void refused(byte[] text, String why) {
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> ResourceJson.parse(text))
                .matches(problem -> problem.status() == 400)
                .withMessageContaining(why);
    }

    private static ResourceJson parse(String text) {
        return ResourceJson.parse(text.getBytes(UTF_8));
    }

    private static String line(String text) {
        return line(text, parse(text).id().orElseThrow());
    }

    private static String line(String text, String id) {
        return new String(parse(text).line(id).stamp(7, FhirInstant.format(TIME)), UTF_8);
    }
}
