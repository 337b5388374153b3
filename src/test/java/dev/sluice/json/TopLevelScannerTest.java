package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Properties at the root, held to what Jackson reads of the same bytes. */
class TopLevelScannerTest {
    private static final List<String> NAMES =
            List.of("id", "meta", "text", "code", "größe", "a\"b", "a\\", "", "_code");
    private static final Set<String> WANTED = Set.of("id", "meta", "größe", "a\"b", "", "absent");
    private static final String[] PIECES = {
        "a", "Ab9", "\"", "\\", "\\\"", "{", "}", "[", "]", ",", ":", "\n", "\u0001", "é", "😀", "12345678", "/"
    };

    @Test
    void theSamePropertiesAsJacksonReads() {
        TopLevelScanner scan = new TopLevelScanner(WANTED);
        Random random = new Random(8302);
        for (int i = 0; i < 20_000; i++) {
            String json = object(random, 0).toString();
            byte[] framed = ("}\"" + json + "{\"").getBytes(UTF_8);
            int length = framed.length - 4;

            ObjectNode found = scan.read(framed, 2, length);

            assertThat(found)
                    .as(json)
                    .isEqualTo(FhirJson.parseObject(json.getBytes(UTF_8)).retain(WANTED));
            assertThat(inBytes(scan, framed, length)).isEqualTo(found.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"i\\u0064\":\"1\"}",
                "{\"\\u0069d\":\"1\",\"x\":\"\\\\\"}",
                "{\"\\u0069\":2,\"id\":\"1\"}",
                "{\"x\":\"\\\\\",\"id\":\"1\"}",
                "{\"x\":[\"]\\\"}\"],\"id\":\"1\"}",
                "{\"x\":-1.5e3,\"y\":true,\"id\":\"1\",\"z\":null}"
            })
    void namesMayBeWrittenWithEscapes(String json) {
        byte[] bytes = json.getBytes(UTF_8);

        assertThat(new TopLevelScanner(Set.of("id"))
                        .read(bytes, 0, bytes.length)
                        .toString())
                .isEqualTo("{\"id\":\"1\"}");
    }

    @Test
    void anObjectWithoutPropertiesHasNone() {
        assertThat(new TopLevelScanner(Set.of("id")).read("{}".getBytes(UTF_8), 0, 2))
                .isEmpty();
        assertThat(new TopLevelScanner(Set.of()).read("{\"id\":\"1\"}".getBytes(UTF_8), 0, 10))
                .isEmpty();
    }

    /** The object that the bytes of the properties make. */
    private static String inBytes(TopLevelScanner scan, byte[] json, int length) {
        List<String> properties = new ArrayList<>();
        scan.each(json, 2, length, (name, start, value, end) -> {
            assertThat(new String(json, start, value - start, UTF_8))
                    .isEqualTo(FhirJson.MAPPER.writeValueAsString(name) + ":");
            properties.add(new String(json, start, end - start, UTF_8));
        });
        return "{" + String.join(",", properties) + "}";
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = FhirJson.MAPPER.createObjectNode();
        for (int i = random.nextInt(6); i > 0; i--) {
            ArrayNode one = FhirJson.MAPPER.createArrayNode();
            add(one, random, depth);
            object.set(NAMES.get(random.nextInt(NAMES.size())), one.get(0));
        }
        return object;
    }

    private static void add(ArrayNode list, Random random, int depth) {
        switch (random.nextInt(depth > 3 ? 5 : 7)) {
            case 0 -> list.add(random.nextLong());
            case 1 -> list.add(random.nextBoolean());
            case 2 -> list.addNull();
            case 3 -> list.add(BigDecimal.valueOf(random.nextInt(), random.nextInt(-3, 9)));
            case 5 -> list.add(object(random, depth + 1));
            case 6 -> {
                ArrayNode inner = list.addArray();
                for (int i = random.nextInt(3); i > 0; i--) {
                    add(inner, random, depth + 1);
                }
            }
            default -> list.add(text(random));
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
