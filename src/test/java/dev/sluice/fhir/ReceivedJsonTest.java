package dev.sluice.fhir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;

class ReceivedJsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"0", "-0.0", "1.00", "1E-22", "1e+5", "10.0e3", "9.99E1000", "1.5e-1000", "0E-1000"})
    void aNumberWithinTheBoundsIsRead(String number) {
        assertThat(FhirJson.parseObject(with(number)).path("a").path(1).isNumber())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1E1001",
        "-1E1001",
        "15e1000",
        "1e-1001",
        "1E1000000",
        "1e1000000000",
        "1E2147483647",
        "1E2147483648",
        "1E-2147483648",
        "-1e-99999999999999999999",
        "0E1000000",
        "0e2147483648"
    })
    void anExponentBeyondThemIsRefusedWithItsPlace(String number) {
        Assertions.assertTimeout(
                Duration.ofSeconds(1), () -> refused(with(number), 400, "The number " + number + " at 'a[1]'"));
    }

    @Test
    void theLengthOfANumberIsBounded() {
        assertThat(FhirJson.parseObject(with("9".repeat(1_000)))
                        .path("a")
                        .path(1)
                        .isNumber())
                .isTrue();

        refused(with("9".repeat(1_001)), 400, "'a[1]': Number value length (1001) exceeds the maximum allowed (1000)");
        refused(with("1." + "0".repeat(1_000)), 400, "'a[1]'");
        refused(with("9".repeat(10 << 20)), 400, "Number value length");
    }

    /** In the order of bytes 2143, which some machines once had, and in the usual one. */
    @Test
    void aTextInAnotherEncodingIsRefused() {
        for (byte[] text : List.of(new byte[] {0, 0, '{', 0, 0, 0, '}', 0}, new byte[] {0, '{', 0, 0, 0, '}', 0, 0})) {
            assertThatExceptionOfType(FhirException.class)
                    .isThrownBy(() -> FhirJson.parseObject(text))
                    .satisfies(refusal -> assertThat(refusal.status()).isEqualTo(400))
                    .withMessageContaining("UTF-8");
            assertThatExceptionOfType(FhirException.class)
                    .isThrownBy(() -> ReceivedJson.parts(text))
                    .withMessageContaining("UTF-8");
        }
    }

    @Test
    void theSizeOfATreeIsBounded() {
        int tokens = (int) ReceivedJson.MAX_TOKENS;
        assertThat(FhirJson.parseObject(with("0,".repeat(tokens / 4) + "0"))).hasSize(1);

        refused(with("[],".repeat(tokens / 2) + "0"), 413, "more than " + tokens + " names, values and brackets");
    }

    /** An exception refers to its parser, and may live until the memory of the text is given to another request. */
    @Test
    void aClosedParserDoesNotKeepALargeText() {
        Opened opened = openLarge();
        JsonParser parser = opened.parser();
        try (parser) {
            assertThatExceptionOfType(FhirException.class).isThrownBy(() -> ReceivedJson.object(parser));
        }

        await().until(() -> {
            System.gc();
            return opened.text().get() == null;
        });
        assertThat(parser.isClosed()).as("and so it is still there").isTrue();
    }

    @Test
    void whatIsStoredIsReadWhateverItsNumbers() {
        assertThat(FhirJson.stored(with("1E1000000000")).path("a").path(1).isNumber())
                .isTrue();
    }

    private record Opened(JsonParser parser, WeakReference<byte[]> text) {}

    private static Opened openLarge() {
        byte[] text = ("{\"resourceType\":\"Basic\"" + " ".repeat(2 << 20)).getBytes(UTF_8);
        return new Opened(ReceivedJson.parser(text, 0, text.length), new WeakReference<>(text));
    }

    private static byte[] with(String value) {
        return ("{\"a\":[\"first\"," + value + "]}").getBytes(UTF_8);
    }

    private static void refused(byte[] json, int status, String why) {
        assertThatExceptionOfType(FhirException.class)
                .isThrownBy(() -> FhirJson.parseObject(json))
                .matches(problem -> problem.status() == status)
                .withMessageContaining(why);
    }
}
