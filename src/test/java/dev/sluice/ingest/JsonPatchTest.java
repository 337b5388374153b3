package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations of RFC 6902 on the text; the document, the patch and the result are separated by bars. */
class JsonPatchTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1}|{\"op\":\"add\",\"path\":\"/b\",\"value\":2}|{\"a\":1,\"b\":2}",
                "{ }|{\"op\":\"add\",\"path\":\"/b\",\"value\":[1.00]}|{ \"b\":[1.00]}",
                "{\"a\":1}|{\"op\":\"add\",\"path\":\"/a\",\"value\":1.50}|{\"a\":1.50}",
                "{\"a\":[1,3]}|{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}|{\"a\":[1,2,3]}",
                "{\"a\":[1,3]}|{\"op\":\"add\",\"path\":\"/a/2\",\"value\":4}|{\"a\":[1,3,4]}",
                "{\"a\":[]}|{\"op\":\"add\",\"path\":\"/a/-\",\"value\":{\"x\": 1}}|{\"a\":[{\"x\": 1}]}",
                "{\"a\":[1]}|{\"op\":\"add\",\"path\":\"/a/-\",\"value\":null}|{\"a\":[1,null]}",
                "{\"a\":1,\"b\":2,\"c\":3}|{\"op\":\"remove\",\"path\":\"/a\"}|{\"b\":2,\"c\":3}",
                "{\"a\":1, \"b\":2, \"c\":3}|{\"op\":\"remove\",\"path\":\"/b\"}|{\"a\":1, \"c\":3}",
                "{\"a\":1,\"b\":2}|{\"op\":\"remove\",\"path\":\"/b\"}|{\"a\":1}",
                "{\"a\":[1]}|{\"op\":\"remove\",\"path\":\"/a/0\"}|{\"a\":[]}",
                "{\"a\":[1,2]}|{\"op\":\"remove\",\"path\":\"/a/0\"}|{\"a\":[2]}",
                "{\"a\":{\"b\":1E-22}}|{\"op\":\"replace\",\"path\":\"/a/b\",\"value\":\"\\u00e9\"}|{\"a\":{\"b\":\"\\u00e9\"}}",
                "{\"a\":{\"b\":1},\"c\":{}}|{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/c/d\"}|{\"a\":{},\"c\":{\"d\":1}}",
                "{\"a\":[1, 2]}|{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/a/0\"}|{\"a\":[1, 2]}",
                "{\"a\":[1,2,3]}|{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/a/2\"}|{\"a\":[2,3,1]}",
                "{\"a\":1.0}|{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}|{\"a\":1.0,\"b\":1.0}",
                "{\"a/b\":1,\"m~n\":2}|{\"op\":\"replace\",\"path\":\"/a~1b\",\"value\":3}|{\"a/b\":3,\"m~n\":2}",
                "{\"a/b\":1,\"m~n\":2}|{\"op\":\"remove\",\"path\":\"/m~0n\"}|{\"a/b\":1}",
                "{\"a\":{\"x\":1.0,\"y\":[true]}}|{\"op\":\"test\",\"path\":\"/a\",\"value\":{\"y\":[true],\"x\":1}}|{\"a\":{\"x\":1.0,\"y\":[true]}}",
                "{\"é\":\"ü\",\"a\":1}|{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}|{\"é\":\"ü\",\"a\":2}",
                "{\"a\":1}|{\"op\":\"replace\",\"path\":\"\",\"value\":{}}|{}",
            })
    void anOperationChangesWhatItNamesAndNothingElse(String document, String operation, String expected) {
        byte[] patched =
                JsonPatch.parse(("[" + operation + "]").getBytes(UTF_8)).apply(document.getBytes(UTF_8), size -> {});

        assertThat(new String(patched, UTF_8)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"op\":\"remove\",\"path\":\"/b\"}",
                "{\"op\":\"remove\",\"path\":\"\"}",
                "{\"op\":\"replace\",\"path\":\"/b\",\"value\":1}",
                "{\"op\":\"add\",\"path\":\"/b/c\",\"value\":1}",
                "{\"op\":\"add\",\"path\":\"/a/3\",\"value\":1}",
                "{\"op\":\"add\",\"path\":\"/a/01\",\"value\":1}",
                "{\"op\":\"add\",\"path\":\"/a/x\",\"value\":1}",
                "{\"op\":\"add\",\"path\":\"/a/0/x\",\"value\":1}",
                "{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/0\"}",
                "{\"op\":\"copy\",\"from\":\"/b\",\"path\":\"/c\"}",
                "{\"op\":\"test\",\"path\":\"/a/0\",\"value\":\"1\"}",
                "{\"op\":\"test\",\"path\":\"/a\",\"value\":[1]}",
                "{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/b\"}",
                "{\"op\":\"test\",\"path\":\"/a/0\",\"value\":1e99999999999}",
                "{\"op\":\"test\",\"path\":\"/a/0\",\"value\":[1e1001]}",
            })
    void whatCannotBeDoneIsToldWithTheOperation(String operation) {
        JsonPatch patch = JsonPatch.parse(
                ("[{\"op\":\"test\",\"path\":\"/a/1\",\"value\":2}," + operation + "]").getBytes(UTF_8));

        assertThatThrownBy(() -> patch.apply("{\"a\":[1,2]}".getBytes(UTF_8), size -> {}))
                .isInstanceOfSatisfying(
                        FhirException.class,
                        problem -> assertThat(problem.status()).isEqualTo(422))
                .hasMessageContaining("operation 1, ");
    }

    @Test
    void aPlaceThatIsTooDeepIsToldToo() {
        String deep = "{\"a\":".repeat(900) + "1" + "}".repeat(900);
        JsonPatch patch = JsonPatch.parse(("[{\"op\":\"replace\",\"path\":\"" + "/a".repeat(900) + "\",\"value\":"
                        + deep + "},{\"op\":\"remove\",\"path\":\"" + "/a".repeat(1_700) + "\"}]")
                .getBytes(UTF_8));

        assertThatThrownBy(() -> patch.apply(deep.getBytes(UTF_8), size -> {}))
                .isInstanceOfSatisfying(
                        FhirException.class,
                        problem -> assertThat(problem.status()).isEqualTo(422));
    }

    @Test
    void aNumberThatIsTooLongIsRefused() {
        String number = "[{\"op\":\"test\",\"path\":\"/a\",\"value\":" + "1".repeat(1_001) + "}]";

        assertThatThrownBy(() -> JsonPatch.parse(number.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        FhirException.class,
                        problem -> assertThat(problem.status()).isEqualTo(400));
    }

    @Test
    void aDocumentDoesNotGrowBeyondTheLargestResource() {
        String twice = "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}";
        JsonPatch patch =
                JsonPatch.parse(("[" + String.join(",", Collections.nCopies(40, twice)) + "]").getBytes(UTF_8));
        List<Integer> sizes = new ArrayList<>();

        assertThatThrownBy(() -> patch.apply(("{\"a\":[\"" + "x".repeat(1_000) + "\"]}").getBytes(UTF_8), sizes::add))
                .isInstanceOfSatisfying(
                        FhirException.class,
                        problem -> assertThat(problem.status()).isEqualTo(413));
        assertThat(sizes).hasSizeGreaterThan(10).isSorted().allMatch(size -> size <= FhirJson.MAX_RESOURCE_BYTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1]",
                "[{\"path\":\"/a\"}]",
                "[{\"op\":\"delete\",\"path\":\"/a\"}]",
                "[{\"op\":\"add\",\"path\":\"/a\"}]",
                "[{\"op\":\"remove\",\"path\":\"a\"}]",
                "[{\"op\":\"remove\",\"path\":\"/a~2\"}]",
                "[{\"op\":\"remove\",\"path\":7}]",
                "[{\"op\":\"move\",\"path\":\"/a\"}]",
                "[] []",
                "[",
            })
    void aMalformedPatchIsRefused(String patch) {
        assertThatThrownBy(() -> JsonPatch.parse(patch.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        FhirException.class,
                        problem -> assertThat(problem.status()).isEqualTo(400));
    }
}
