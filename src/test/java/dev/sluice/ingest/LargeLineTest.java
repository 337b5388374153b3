package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.json.JsonRewriter;
import dev.sluice.json.TruncatingParser;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line that is made where its text is, is the one that is made from a copy. */
class LargeLineTest {
    private static final Instant TIME = Instant.parse("2026-11-23T10:15:00.120Z");
    private static final String DATA = "QUJD".repeat(400_000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"resourceType\":\"Binary\",\"data\":\"%s\"}",
                "{\"data\":\"%s\",\"resourceType\":\"Binary\",\"id\":\"b\"}",
                "{ \"meta\" : { \"tag\" : [ ] , \"versionId\" : \"8\" } , \"data\" : \"%s\" ,\n\t\"resourceType\" : \"Binary\" }",
                "{\"resourceType\":\"Binary\",\"id\":\"other\",\"meta\":{},\"data\":\"\\u0041%s\\/é\"}",
            })
    void isTheSameInPlace(String form) {
        byte[] text = form.formatted(DATA).getBytes(UTF_8);
        String id = "i".repeat(64);
        byte[] expected = ResourceJson.parse(text.clone()).line(id).stamp(123_456_789, FhirInstant.format(TIME));
        ByteBuffer spacious =
                ByteBuffer.allocate(JsonRewriter.ROOM + text.length).put(JsonRewriter.ROOM, text);

        ResourceLine line =
                ResourceJson.parse(spacious.position(JsonRewriter.ROOM)).line(id);

        assertThat(line.sharesBuffer()).isTrue();
        assertThat(line.stamp(123_456_789, FhirInstant.format(TIME))).isEqualTo(expected);
    }

    @Test
    void theBeginningOfALongStringIsShownAndItsRestIsStillChecked() {
        String form = "{\"resourceType\":\"Binary\",\"id\":\"b\",\"data\":\"%s\"}";

        assertThat(ResourceJson.parse(form.formatted(DATA).getBytes(UTF_8))
                        .tree()
                        .path("data")
                        .asString())
                .hasSize(TruncatingParser.LONGEST)
                .isEqualTo(DATA.substring(0, TruncatingParser.LONGEST));
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(
                        () -> ResourceJson.parse(form.formatted(DATA + "\\x").getBytes(UTF_8)));
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> ResourceJson.parse((form.formatted(DATA) + "{}").getBytes(UTF_8)));
    }
}
