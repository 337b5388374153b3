package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "20261123t101500-42",
                "a-b-c",
                "012345678901234567890123456789012345678901234567890123456789012"
            })
    void namesThatAzureTakesAreValid(String name) {
        assertThat(ContainerName.fault(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "Abc",
                "a--b",
                "-abc",
                "abc-",
                "a_b",
                "a.b",
                "übung",
                "abc\n",
                "a b c",
                "$web",
                ".staging",
                "abc/def",
                "abc\\def",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void otherNamesAreExplained(String name) {
        assertThat(ContainerName.fault(name).orElseThrow())
                .contains("3 to 63 lower-case letters, digits and single hyphens")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "..\\secret", "..%2fsecret", "..%5Csecret", "%2e%2e/secret", "..", "a/../b"})
    void pathTraversalHasItsOwnSentence(String name) {
        assertThat(ContainerName.fault(name).orElseThrow()).contains("would lead out of the storage", "'" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sluice-stores",
                "import-errors",
                "20261123t101500-2f0d4c1e-8a55-4c0b-9f5e-0123456789ab",
                "export-2f0d4c1e-8a55-4c0b-9f5e-0123456789ab"
            })
    void namesOfContainersThatSluiceCreatesAreItsOwn(String name) {
        assertThat(ContainerName.isOwn(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"daily", "export-daily", "20261123t101500", "export-2f0d4c1e-8a55-4c0b-9f5e-0123456789abc"})
    void otherNamesAreFree(String name) {
        assertThat(ContainerName.isOwn(name)).isFalse();
    }

    @Test
    void longNamesAreShortenedInTheSentence() {
        assertThat(ContainerName.fault("x".repeat(5000)).orElseThrow()).hasSizeLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/../b", "a//b", "/a", "a/", "a\\b", "a\u0000b", "a\nb", "a/./b"})
    void pathsThatCouldLeadAstrayCannotBeMade(String key) {
        assertThat(BlobPath.fault(key)).isPresent();
        assertThatThrownBy(() -> BlobPath.of("abc", key)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pathKnowsItsParts() {
        assertThat(BlobPath.of("abc", "run-1/deep/x.ndjson")).isEqualTo(new BlobPath("abc", "run-1/deep", "x.ndjson"));
        assertThat(BlobPath.of("abc", "x").folder()).isEmpty();
        assertThat(new BlobPath("abc", "run-1", "x")).hasToString("abc/run-1/x");
        assertThatThrownBy(() -> new BlobPath("abc", "run-1", "x/y")).hasMessageContaining("must not hold a '/'");
        assertThatThrownBy(() -> new BlobPath("ABC", "", "x")).hasMessageContaining("'ABC'");
        assertThatThrownBy(() -> BlobPath.of("abc", "x".repeat(1025))).hasMessageContaining("1024");
    }
}
