package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.Draws;
import dev.sluice.filter.SampleResources;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.OwnBases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Views of all kinds give the rows that the algorithm of the specification gives with HAPI's engine for FHIRPath. */
class ViewPropertyTest {
    private static final int TRIES = 400;
    private static final int OF_EACH_TYPE = 12;

    private final ViewOracle oracle = new ViewOracle();

    /** A path to an element that a resource has. */
    private record Found(String path, JsonNode json, ElementModel model) {}

    @Test
    void rowsAreThoseOfTheAlgorithm() throws IOException {
        Map<String, List<ObjectNode>> resources = SampleResources.resources(OF_EACH_TYPE).stream()
                .collect(Collectors.groupingBy(
                        resource -> resource.path("resourceType").stringValue()));
        int[] rows = {0};
        Draws.tries(TRIES, draws -> {
            List<String> types = List.copyOf(resources.keySet());
            String type = types.get(draws.index(types.size()));
            List<ObjectNode> ofType = resources.getOrDefault(type, List.of());
            ObjectNode view = new Drawing(draws, ofType.get(draws.index(ofType.size()))).view(type);
            ViewDefinition definition = ViewDefinition.of(view);
            CompiledView compiled = definition.compile(OwnBases.NONE);
            for (ObjectNode resource : ofType) {
                Optional<List<Map<String, String>>> made = rows(compiled, definition, resource);
                if (made.isEmpty()) {
                    continue; // the oracle would keep all these rows
                }
                List<Map<String, String>> expected = oracle.rows(view, resource);
                rows[0] += expected.size();

                assertThat(made.get()).as("%s of %s", view, resource).isEqualTo(expected);
            }
        });
        assertThat(rows[0]).as("rows that were compared").isGreaterThan(TRIES * OF_EACH_TYPE / 2);
    }

    /** The rows of a resource; empty if they are too many. */
    private static Optional<List<Map<String, String>>> rows(
            CompiledView compiled, ViewDefinition definition, ObjectNode resource) {
        JsonOutput out = new JsonOutput();
        byte[] bytes = resource.toString().getBytes(UTF_8);
        try {
            compiled.rows(bytes, 0, bytes.length, new NdjsonRows(definition.columns(), out));
        } catch (ViewRowException e) {
            assertThat(e).hasMessageContaining("multiply their rows");
            return Optional.empty();
        }
        return Optional.of(new String(out.bytes(), 0, out.size(), UTF_8)
                .lines()
                .map(line -> comparable(FhirJson.MAPPER.readTree(line)))
                .toList());
    }

    private static Map<String, String> comparable(JsonNode row) {
        Map<String, String> values = new LinkedHashMap<>();
        row.propertyStream()
                .forEach(field -> values.put(
                        field.getKey(),
                        field.getValue().isArray()
                                ? field.getValue()
                                        .valueStream()
                                        .map(ViewPropertyTest::text)
                                        .toList()
                                        .toString()
                                : text(field.getValue())));
        return values;
    }

    private static String text(JsonNode value) {
        return value.isNumber() ? ViewOracle.number(value.decimalValue()) : value.toString();
    }

    /** Draws one view whose paths lead to elements of a resource. */
    private static final class Drawing {
        private final Draws draws;
        private final ObjectNode resource;
        private int columns;

        Drawing(Draws draws, ObjectNode resource) {
            this.draws = draws;
            this.resource = resource;
        }

        private <T> T of(List<T> choices) {
            return choices.get(draws.index(choices.size()));
        }

        private boolean chance(double share) {
            return draws.index(100) < share * 100;
        }

        private int upTo(int most) {
            return 1 + draws.index(most);
        }

        ObjectNode view(String type) {
            ObjectNode view = FhirJson.MAPPER.createObjectNode().put("resource", type);
            Found root = new Found("", resource, ElementModel.of(ResourceType.of(type)));
            if (chance(0.3)) {
                view.putArray("where").addObject().put("path", condition(root));
            }
            ArrayNode selects = view.putArray("select");
            for (int i = upTo(3); i > 0; i--) {
                selects.add(selection(root, 2));
            }
            return view;
        }

        private ObjectNode selection(Found self, int depth) {
            ObjectNode selection = FhirJson.MAPPER.createObjectNode();
            Found focus = self;
            Optional<Found> each = chance(0.6) ? path(self, false) : Optional.empty();
            if (each.isPresent()) {
                selection.put(
                        chance(0.5) ? "forEach" : "forEachOrNull", each.get().path());
                focus = new Found("", each.get().json(), each.get().model());
            }
            ArrayNode list = selection.putArray("column");
            for (int i = upTo(3); i > 0; i--) {
                list.add(column(focus));
            }
            if (depth > 0 && chance(0.3)) {
                selection.putArray("select").add(selection(focus, depth - 1));
            }
            if (depth > 0 && chance(0.3)) {
                String name = "c" + columns++;
                ArrayNode branches = selection.putArray("unionAll");
                branches.addObject()
                        .putArray("column")
                        .addObject()
                        .put("name", name)
                        .put("path", condition(focus));
                branches.addObject()
                        .putArray("column")
                        .addObject()
                        .put("name", name)
                        .put("path", condition(focus));
            }
            return selection;
        }

        private ObjectNode column(Found focus) {
            ObjectNode column = FhirJson.MAPPER.createObjectNode().put("name", "c" + columns++);
            Found leaf = path(focus, true).orElse(null);
            if (leaf == null || chance(0.3)) {
                return column.put("path", condition(focus));
            }
            String form = of(List.of("", ".first()", "[0]", ".last()", ".count()", ".tail().first()", ".distinct()"));
            return column.put("path", leaf.path() + form)
                    .put("collection", form.isEmpty() || form.equals(".distinct()"));
        }

        /** An expression that is true or false, or nothing. */
        private String condition(Found focus) {
            Found leaf = path(focus, true).orElse(null);
            if (leaf == null) {
                return "$this.exists()";
            }
            String path = leaf.path();
            String value = literal(leaf);
            return of(List.of(
                    path + ".exists()",
                    path + ".empty()",
                    path + ".exists($this = " + value + ")",
                    path + ".where($this != " + value + ").exists()",
                    path + ".all($this = " + value + ")",
                    path + ".first() = " + value,
                    "(" + path + ".first() = " + value + ") and " + path + ".count() > 1",
                    "(" + path + ".first() != " + value + ") or " + path + ".empty()",
                    "(" + path + ".first() = " + value + ").not()",
                    path + ".first() in (" + path + ")",
                    path + ".isDistinct()"));
        }

        private static String literal(Found leaf) {
            return leaf.json().isString()
                    ? "'"
                            + leaf.json()
                                    .stringValue()
                                    .replace("\\", "\\\\")
                                    .replace("'", "\\'")
                                    .replace("\n", "\\n") + "'"
                    : leaf.json().toString();
        }

        /** A path to an element that is there, through fields and into arrays. */
        private Optional<Found> path(Found from, boolean toLeaf) {
            StringBuilder path = new StringBuilder();
            JsonNode json = from.json();
            ElementModel model = from.model();
            while (json instanceof ObjectNode object && (path.isEmpty() || toLeaf || chance(0.4))) {
                List<ElementModel.Child> children = model.children().stream()
                        .filter(child -> object.has(child.field()) && isDrawn(child))
                        .toList();
                if (children.isEmpty()) {
                    return Optional.empty();
                }
                ElementModel.Child child = of(children);
                path.append(path.isEmpty() ? "" : ".").append(child.name());
                if (!child.field().equals(child.name())) {
                    path.append(".ofType(").append(child.type().name()).append(')');
                }
                json = object.path(child.field());
                json = json.isArray() ? of(new ArrayList<>(json.valueStream().toList())) : json;
                model = child.type();
            }
            return path.isEmpty() ? Optional.empty() : Optional.of(new Found(path.toString(), json, model));
        }

        /**
         * Resources in others have types of their own, and narratives are no values of views. HAPI gives each resource a Meta,
         * also one that has none.
         */
        private static boolean isDrawn(ElementModel.Child child) {
            return child.type().kind() != ElementModel.Kind.RESOURCE
                    && !Set.of("Narrative", "Meta").contains(child.type().name());
        }
    }
}
