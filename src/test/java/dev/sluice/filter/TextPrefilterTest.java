package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.match.TextPrefilter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextPrefilterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "8302-2 ~ {\"code\":\"8302-2\"} ~ true",
                "8302-2 ~ {\"code\":\"8302-3\"} ~ false",
                "8302-2 ~ 8302-2 ~ true",
                "8302-2 ~ 8302- ~ false",
                "8302-2 ~ `` ~ false",
                "a ~ a ~ true",
                "a ~ bbbb ~ false",
                "8302-2 ~ \\u0038302-2 ~ true",
                "8302-2 ~ {\"code\":\"\\u003c\"} ~ false",
                "8302-2 ~ {\"code\":\"8302-\\u0032\"} ~ true",
                "8302-2 ~ {\"code\":\"8302-\\\\u0032\"} ~ false",
                "8302-2 ~ {\"code\":\"\\\"\\n\\\\\"} ~ false",
                "8302-2 ~ \\u003 ~ false",
                "8302-2 ~ \\ ~ false",
                "http://a ~ {\"url\":\"http://a\"} ~ true",
                "http://a ~ {\"url\":\"http:\\/\\/a\"} ~ true",
                "http-a ~ {\"url\":\"http:\\/\\/a\"} ~ false",
                "é ~ é ~ true",
                "é ~ è ~ false",
                "é ~ \\u00e9 ~ true",
                "é ~ \\u00E9 ~ true",
                "😀 ~ 😀 ~ true",
                "😀 ~ \\ud83d\\ude00 ~ true",
                "8302-2 ~ 0123456789abc\\u0038-0123456789 ~ true",
                "8302-2 ~ 01234567\\u003c0123456789\\\\u00380 ~ false",
                "8302-2 ~ 01234567\\u003c0123456789\\u0032-0 ~ true",
                "aab ~ aaaab ~ true",
                "abcab ~ abcabd ~ true",
            })
    void itIsAbsentOnlyIfNoStringCanHoldIt(String text, String json, boolean may) {
        byte[] framed = ("[" + text + json + text + "]").getBytes(UTF_8);
        int margin = 1 + text.getBytes(UTF_8).length;

        assertThat(Objects.requireNonNull(TextPrefilter.of(text)).mayBeIn(framed, margin, json.getBytes(UTF_8).length))
                .isEqualTo(may);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a\\b", "a\nb", "\u0001"})
    void whatJsonAlwaysEscapesIsNotLookedFor(String text) {
        assertThat(TextPrefilter.of(text)).isNull();
    }

    @Test
    void oneAlternativeWithoutATextMakesTheOthersUseless() {
        assertThat(TextPrefilter.ofAll(List.of("a", "b"), s -> s.equals("a") ? null : s))
                .isNull();
        assertThat(TextPrefilter.ofAll(List.of("a", "b"), s -> s)).containsExactly("a", "b");
    }
}
