package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.fhir.FhirException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "{}\n", "é", "\ufffe", "text that is longer than any mark at its beginning"})
    void plainTextIsLeftAlone(String text) throws IOException {
        assertThat(read(text.getBytes(UTF_8))).isEqualTo(text);
        assertThat(read(("\ufeff" + text).getBytes(UTF_8))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}\n{}\n"})
    void packedTextIsUnpackedAndItsByteOrderMarkDropped(String text) throws IOException {
        assertThat(read(Gzip.pack(text))).isEqualTo(text);
        assertThat(read(Gzip.pack("\ufeff" + text))).isEqualTo(text);
        assertThat(read(Gzip.pack(text, text))).isEqualTo(text + text);
    }

    @Test
    void onlyTheFirstByteOrderMarkIsOne() throws IOException {
        assertThat(read("\ufeff\ufeff{}".getBytes(UTF_8))).isEqualTo("\ufeff{}");
    }

    @Test
    void aMemberIsWaitedForThoughItIsNotThereYet() throws IOException {
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(Gzip.pack("one ", "two ", "three"))) {
            @Override
            public int available() {
                return 0;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                return super.read(buffer, offset, Math.min(length, 1));
            }
        };

        assertThat(new String(RequestBody.open(slow).readAllBytes(), UTF_8)).isEqualTo("one two three");
    }

    @Test
    void whatIsCutOffIsRefused() {
        byte[] packed = Gzip.pack("some text");

        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> read(Arrays.copyOf(packed, packed.length - 1)))
                .withMessageContaining("in the middle of a gzip member");
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> read(Arrays.copyOf(packed, 5)))
                .withMessageContaining("in the middle of a gzip member");
    }

    private static String read(byte[] bytes) throws IOException {
        return new String(RequestBody.open(new ByteArrayInputStream(bytes)).readAllBytes(), UTF_8);
    }
}
