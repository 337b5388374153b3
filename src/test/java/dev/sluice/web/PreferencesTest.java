package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "respond-async",
                "Respond-Async",
                "respond-async; x=1",
                "wait=10, respond-async",
                ",,respond-async,",
                "a=\"x, y\", respond-async",
                "a=\"\\\"\", respond-async",
                "respond-async=\"\""
            })
    void aPreferenceIsFoundAmongOthers(String header) {
        assertThat(Preferences.of(List.of(header)).has("respond-async")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "respond-sync", "a=\"respond-async\"", "a; respond-async", "a=\"x, respond-async\"", "*"})
    void aPreferenceThatIsNotStatedIsNotFound(String header) {
        assertThat(Preferences.of(List.of(header)).has("respond-async")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "handling=lenient",
                "handling=Lenient",
                "handling = \"lenient\"",
                "HANDLING=\"le\\nient\";foo",
                "handling=lenient, handling=strict"
            })
    void aValueIsReadWithQuotesOrWithout(String header) {
        assertThat(Preferences.of(List.of(header)).has("handling", "lenient")).isTrue();
    }

    @Test
    void theFirstOfTwoHeadersCounts() {
        Preferences preferences = Preferences.of(List.of("handling=strict", "handling=lenient, return=minimal"));

        assertThat(preferences.has("handling", "lenient")).isFalse();
        assertThat(preferences.has("return", "minimal")).isTrue();
    }
}
