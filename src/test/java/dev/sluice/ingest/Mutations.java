package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Changes valid JSON here and there, in its bytes or in its structure; the same seed makes the same changes. */
final class Mutations {
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "1E2147483648",
            "-0.0e-99999999999",
            "123456789012345678901234567890",
            "\"\"",
            "\" \"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"Patient/\"",
            "\"Patient/a/b/_history/99999999999\"",
            "\"Patient?identifier=\"",
            "\"Patient?identifier=%zz|1\"",
            "\"urn:uuid:\"",
            "\"#\"",
            "\"?\"",
            "\"0000\"",
            "\"9999-12-31T23:59:60.9999999999Z\"",
            "\"https://a.example/fhir/Patient/1?x=%\"",
            "\"<div>\"",
            "{}",
            "[]",
            "[null]",
            "[[]]",
            "[{}]",
            "{\"\":{}}",
            "{\"resourceType\":\"Patient\"}",
            "{\"reference\":[]}",
            "{\"value\":1E-2147483649}",
            "{\"coding\":[{\"code\":{}}]}",
            "[".repeat(200) + "]".repeat(200),
            "{\"a\":".repeat(1_200) + "1" + "}".repeat(1_200));

    private final Random random;

    Mutations(long seed) {
        this.random = new Random(seed);
    }

    /** Other bytes, which may be no JSON any more; no line end among them. */
    byte[] ofBytes(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes = joined(bytes, at, at + 1 + random.nextInt(Math.min(8, bytes.length - at)));
                case 2 -> bytes = joined(bytes, at + random.nextInt(bytes.length - at), at);
                default -> bytes[at] = (byte) "{}[]\",:0eE-+\\u".charAt(random.nextInt(14));
            }
        }
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '\n' ? (byte) ' ' : bytes[i];
        }
        return bytes;
    }

    /** Valid JSON in which some value is another, is doubled, gone or named otherwise. */
    String ofStructure(String json) {
        JsonNode root = FhirJson.MAPPER.readTree(json);
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<JsonNode> containers = new ArrayList<>();
            collect(root, containers);
            change(containers.get(random.nextInt(containers.size())));
        }
        return root.toString();
    }

    private void change(JsonNode container) {
        RawValue odd = new RawValue(ODD.get(random.nextInt(ODD.size())));
        if (container instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = List.copyOf(object.propertyNames());
            String name = names.get(random.nextInt(names.size()));
            JsonNode value = object.get(name);
            switch (random.nextInt(4)) {
                case 0 -> object.remove(name);
                case 1 -> object.set("_" + name, value.deepCopy());
                case 2 -> object.putArray(name).add(value);
                default -> object.putRawValue(name, odd);
            }
        } else if (container instanceof ArrayNode array) {
            array.addRawValue(odd);
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainer()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    /** What is before one position and what is after another. */
    private static byte[] joined(byte[] bytes, int until, int from) {
        int end = Math.min(from, bytes.length);
        byte[] joined = Arrays.copyOf(bytes, until + bytes.length - end);
        System.arraycopy(bytes, end, joined, until, bytes.length - end);
        return joined.length == 0 ? new byte[] {'{'} : joined;
    }
}
