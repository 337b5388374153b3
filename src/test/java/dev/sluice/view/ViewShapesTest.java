package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SamplePopulation;
import dev.sluice.fhir.FhirJson;
import dev.sluice.filter.Draws;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A stored resource need not be valid FHIR. Whatever JSON it is, a view makes rows of it or says why it cannot. */
class ViewShapesTest {
    private static final int TRIES = 3_000;

    /** What stands in the place of an element. Some of it no parser of numbers or times can read. */
    private static final List<String> SHAPES = List.of(
            "null",
            "true",
            "[]",
            "{}",
            "[[1,2]]",
            "[[],[{}],null]",
            "[null]",
            "[{\"url\":[\"x\"]}]",
            "{\"url\":{},\"reference\":[\"Patient/a\"],\"start\":[[]]}",
            "{\"reference\":5,\"id\":{},\"extension\":{\"url\":1}}",
            "{\"extension\":[[1,2]]}",
            "{\"resourceType\":[\"Patient\"]}",
            "{\"resourceType\":{},\"id\":[]}",
            "0",
            "-0",
            "1.50",
            "1e99999999999",
            "1E-2147483648",
            "123456789012345678901234567890",
            "\"\"",
            "\"\\u0000\\ud83d\\\\\"",
            "\"9999-99-99\"",
            "\"0000-01-01T00:00:00.99999999999999999999+99:99\"",
            "\"2020-02-30T24:61:61Z\"",
            "\"12\"",
            "\"25:61\"",
            "\"Patient/\"",
            "\"http://[/Patient/1\"");

    /** Each function and each operator, on {@code %s}. */
    private static final List<String> EXPRESSIONS = List.of(
            "%s",
            "%s.extension('x')",
            "%s.extension.url",
            "%s.id",
            "%s.hasValue()",
            "%s.getValue()",
            "%s.getReferenceKey()",
            "%s.getReferenceKey(Patient)",
            "%s.getResourceKey()",
            "%s.first().lowBoundary()",
            "%s.first().highBoundary(6)",
            "%s.first() + %s.first()",
            "%s.first() - 1",
            "%s.first() * 1.5",
            "%s.first() / 3",
            "%s.first() div 2",
            "%s.first() mod 2",
            "%s.first() & %s.last()",
            "-%s.first()",
            "%s = %s",
            "%s ~ %s",
            "%s != 'x'",
            "%s.first() < %s.last()",
            "%s.first() >= @2020-01-01",
            "%s.first() > @T10:00",
            "%s.first() in %s",
            "%s contains 'x'",
            "%s | %s",
            "%s.distinct()",
            "%s.isDistinct()",
            "%s.where($this = 'x')",
            "%s.select($this & 'x')",
            "%s.exists($this is string)",
            "%s.all($index > 0)",
            "%s.ofType(string)",
            "%s.ofType(Reference).reference",
            "%s.first().iif($this.exists(), 1, 'x')",
            "%s.join(',')",
            "%s.allTrue() and %s.anyFalse() or %s.allFalse() xor %s.anyTrue() implies %s.empty()",
            "%s.single()",
            "%s.skip(1).take(2).tail()",
            "%s.first().not()",
            "%s.first().startsWith('x') and %s.first().endsWith('x') and %s.first().contains('x')",
            "%s.first().indexOf('x') + %s.first().length()",
            "%s.first().upper() + %s.first().lower() + %s.first().trim()",
            "%s.first().substring(1, 2).replace('a', 'b').toString()",
            "%s.first().toInteger()",
            "%s.first().toDecimal()",
            "%s.first().toBoolean()",
            "%s.first().abs()",
            "%s.first().ceiling() + %s.first().floor() + %s.first().truncate()",
            "%s.first().round(2)",
            "%s.union(%s).combine(%s).count()");

    private final Map<String, List<ObjectNode>> resources = new TreeMap<>();

    @Test
    void onlyTheResourceIsSpoiled() {
        SamplePopulation.ofPatients(1)
                .forEach(resource -> resources
                        .computeIfAbsent(resource.path("resourceType").stringValue(), type -> new ArrayList<>())
                        .add(resource));
        int[] counts = new int[2];
        Draws.tries(TRIES, draws -> {
            List<String> types = List.copyOf(resources.keySet());
            List<ObjectNode> ofType = resources.getOrDefault(types.get(draws.index(types.size())), List.of());
            ObjectNode resource = ofType.get(draws.index(ofType.size())).deepCopy();
            List<String> path = changed(draws, resource);
            for (String expression : EXPRESSIONS) {
                view(resource, path, expression).ifPresent(view -> counts[rows(view, shaped(resource)) ? 0 : 1]++);
            }
        });
        assertThat(counts[0]).as("resources with rows").isGreaterThan(TRIES);
        assertThat(counts[1]).as("resources without rows").isGreaterThan(TRIES);
    }

    /** Whether the resource has rows. */
    private static boolean rows(ViewDefinition view, byte[] bytes) {
        CompiledView compiled = view.compile(OwnBases.NONE);
        try {
            compiled.rows(bytes, 0, bytes.length, new NdjsonRows(view.columns(), new JsonOutput()));
            compiled.rows(bytes, 0, bytes.length, new CsvRows(view.columns(), new JsonOutput()));
            return true;
        } catch (ViewRowException e) {
            return false;
        }
    }

    /** Empty if the expression makes no sense for this element. */
    private static Optional<ViewDefinition> view(ObjectNode resource, List<String> path, String expression) {
        ObjectNode view = FhirJson.MAPPER
                .createObjectNode()
                .put("resource", resource.path("resourceType").stringValue());
        String value = expression.replace("%s", String.join(".", path));
        ArrayNode columns = view.putArray("select").addObject().putArray("column");
        ObjectNode column = columns.addObject().put("name", "a").put("collection", true);
        for (String tried : List.of(value, "(" + value + ").exists()")) { // the type of the first may not be known
            try {
                column.put("path", tried);
                return Optional.of(ViewDefinition.of(view));
            } catch (InvalidViewException e) {
                assertThat(e.faults())
                        .allMatch(fault -> fault.message().matches(".*(is missing|needs a primitive value).*"));
            }
        }
        return Optional.empty();
    }

    /** The place of a shape: a parser would not read all of them. */
    private static JsonNode shape(Draws draws) {
        return FhirJson.MAPPER.getNodeFactory().stringNode("@" + draws.index(SHAPES.size()) + "@");
    }

    private static byte[] shaped(ObjectNode resource) {
        return Pattern.compile("\"@(\\d+)@\"")
                .matcher(resource.toString())
                .replaceAll(place -> Matcher.quoteReplacement(SHAPES.get(Integer.parseInt(place.group(1)))))
                .getBytes(UTF_8);
    }

    /** Replaces an element by other JSON, and returns the path to it. */
    private static List<String> changed(Draws draws, ObjectNode resource) {
        List<String> path = new ArrayList<>();
        ObjectNode object = resource;
        while (true) {
            List<String> names = object.propertyNames().stream()
                    .filter(name -> !name.equals("resourceType"))
                    .toList();
            if (names.isEmpty()) {
                return path.isEmpty() ? List.of("id") : path;
            }
            String name = names.get(draws.index(names.size()));
            path.add(name.startsWith("value") && name.length() > "value".length() ? "value" : name);
            JsonNode value = object.path(name);
            JsonNode inner = value.isArray() && !value.isEmpty() ? value.path(0) : value;
            if (inner instanceof ObjectNode next && draws.index(3) > 0) {
                object = next;
                continue;
            }
            JsonNode shape = shape(draws);
            if (value.isArray() && !value.isEmpty() && draws.index(2) == 0) {
                ((ArrayNode) value).set(0, shape);
            } else {
                object.set(name, shape);
            }
            if (draws.index(3) == 0) {
                object.set("_" + name, shape(draws));
            }
            return path;
        }
    }
}
