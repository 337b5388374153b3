package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonTapeTest {
    private final JsonTape tape = new JsonTape();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":1}",
                "{\"a\":[],\"b\":{},\"c\":[[1,[2]],{\"d\":null}],\"e\":[true,false,null,-1.50E+3]}",
                "{\"a\\u0062\":\"x\\\\\",\"\":\"\",\"long name with \\\"quotes\\\" in it\":\"long text \\\\\\\" end\"}",
                " { \"a\" : [ 1 , 2 ] , \"b\" : { \"c\" : \"d\" } } ",
                "{\"ümlaut\":\"日本語 €\",\"brackets\":\"}]{[,:\"}"
            })
    void itHasWhatATreeHas(String json) {
        byte[] padded = ("xx" + json + "yy").getBytes(UTF_8);
        tape.read(padded, 2, padded.length - 4);

        int end = check(0, FhirJson.MAPPER.readTree(json));

        assertThat(end).isEqualTo(tape.size());
    }

    private int check(int node, JsonNode expected) {
        int at = node + 1;
        if (expected.isObject()) {
            assertThat(tape.kind(node)).isEqualTo(JsonTape.OBJECT);
            for (Map.Entry<String, JsonNode> field : expected.properties()) {
                assertThat(tape.kind(at)).isEqualTo(JsonTape.NAME);
                assertThat(tape.text(at)).isEqualTo(field.getKey());
                assertThat(tape.is(at, field.getKey().getBytes(UTF_8))).isTrue();
                assertThat(tape.find(node, field.getKey().getBytes(UTF_8))).isEqualTo(at + 1);
                at = check(at + 1, field.getValue());
            }
        } else if (expected.isArray()) {
            assertThat(tape.kind(node)).isEqualTo(JsonTape.ARRAY);
            for (JsonNode element : expected) {
                at = check(at, element);
            }
        } else {
            int kind = expected.isString() ? JsonTape.STRING : expected.isNull() ? JsonTape.NULL : JsonTape.WORD;
            assertThat(tape.kind(node)).isEqualTo(kind);
            assertThat(tape.kind(node) == JsonTape.STRING ? tape.text(node) : tape.text(node) + "")
                    .isEqualTo(expected.isNumber() ? tape.text(node) : expected.asString("null"));
        }
        assertThat(tape.next(node)).isEqualTo(at);
        assertThat(FhirJson.stored(tape.json(), tape.start(node), tape.end(node)))
                .isEqualTo(expected);
        return at;
    }

    @Test
    void itTellsWhereANodeIs() {
        byte[] json = "{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":3}".getBytes(UTF_8);
        tape.read(json, 0, json.length);

        assertThat(tape.path(tape.find(tape.find(0, "a".getBytes(UTF_8)) + 4, "c".getBytes(UTF_8))))
                .isEqualTo("a.b[1].c");
        assertThat(tape.path(tape.find(0, "d".getBytes(UTF_8)))).isEqualTo("d");
        assertThat(tape.deepest()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a", "{\"a\":[1}", "}", "{} {}", "", "{\"a\":\"\\\"}", "{\"a\":}", "[1,2"})
    void textThatIsNoJsonEndsSomehow(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        try {
            tape.read(bytes, 0, bytes.length);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("\"");
        }
    }

    @Test
    void textWithoutAnEndIsNoJson() {
        byte[] bytes = "{\"a\":[1,2,3".getBytes(UTF_8);

        assertThatThrownBy(() -> tape.read(bytes, 0, bytes.length)).isInstanceOf(IllegalArgumentException.class);
    }
}
