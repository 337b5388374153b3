package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class FileConditionsTest {
    private static final String TAG = "\"5f0c\"";

    @ParameterizedTest
    @ValueSource(strings = {"\"5f0c\"", "W/\"5f0c\"", "*", "\"a\", \"5f0c\"", "\"a\",W/\"5f0c\""})
    void aFileThatTheClientHasIsNotWanted(String tags) {
        assertThat(of("If-None-Match", tags).isWanted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "5f0c", "W/\"a\"", ""})
    void anyOtherOneIs(String tags) {
        assertThat(of("If-None-Match", tags).isWanted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5f0c\"", "*", "\"a\", \"5f0c\""})
    void aFileThatIsStillTheSameIsWanted(String tags) {
        assertThat(of("If-Match", tags).isWanted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"5f0c\"", "\"a\"", "nonsense"})
    void aFileThatMayBeAnotherOneIsAFailedCondition(String tags) {
        assertThatThrownBy(() -> of("If-Match", tags).isWanted())
                .hasMessageContaining("If-Match has the value '" + tags);
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"5f0c\"", "\"a\"", "Sat, 28 Nov 2026 10:00:00 GMT"})
    void aRangeOfWhatMayBeAnotherFileIsTheWholeFile(String ifRange) {
        assertThat(of("Range", "bytes=10-", "If-Range", ifRange).range()).isEmpty();
    }

    @Test
    void aRangeOfTheSameFileIsSent() {
        assertThat(of("Range", "bytes=10-", "If-Range", TAG).range()).isPresent();
        assertThat(of("Range", "bytes=-5").range()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,5-6", "lines=1-2", "bytes=5-2", "bytes=", "nonsense"})
    void severalRangesOrNoneAreTheWholeFile(String range) {
        assertThat(of("Range", range).range()).isEmpty();
    }

    private static FileConditions of(String... headers) {
        HttpHeaders given = new HttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            given.add(headers[i], headers[i + 1]);
        }
        return new FileConditions(given, TAG);
    }
}
