package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Views give the rows that the public test suite of SQL on FHIR expects. */
class PublicSuiteTest {
    private static final Path FOLDER = Path.of("src/test/resources/sql-on-fhir");
    private static final int CASES = 134;

    record Case(String name, List<ObjectNode> resources, ObjectNode test) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                ObjectNode suite = FhirJson.parseObject(Files.readAllBytes(file));
                List<ObjectNode> resources = objects(suite.path("resources"));
                objects(suite.path("tests"))
                        .forEach(test -> cases.add(new Case(
                                file.getFileName() + ": " + test.path("title").stringValue(), resources, test)));
            }
        }
        return cases.stream();
    }

    private static List<ObjectNode> objects(JsonNode list) {
        return list.valueStream().map(ObjectNode.class::cast).toList();
    }

    @Test
    void suiteIsComplete() throws IOException {
        assertThat(cases()).hasSize(CASES);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void passes(Case suiteCase) {
        ObjectNode test = suiteCase.test();
        ObjectNode view = (ObjectNode) test.path("view");
        if (test.path("expectError").asBoolean(false)) {
            Throwable fault = catchThrowable(() -> rows(view, suiteCase.resources()));
            assertThat(fault).isInstanceOfAny(InvalidViewException.class, ViewRowException.class);
            return;
        }
        List<JsonNode> rows = rows(view, suiteCase.resources());
        if (test.has("expectCount")) {
            assertThat(rows).hasSize(test.path("expectCount").asInt());
        }
        if (test.has("expect")) {
            assertThat(rows.stream().map(PublicSuiteTest::comparable))
                    .containsExactlyInAnyOrderElementsOf(test.path("expect")
                            .valueStream()
                            .map(PublicSuiteTest::comparable)
                            .toList());
        }
        if (test.has("expectColumns")) {
            assertThat(ViewDefinition.of(view).columns().stream().map(ViewColumn::name))
                    .containsExactlyElementsOf(test.path("expectColumns")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList());
        }
    }

    private static List<JsonNode> rows(ObjectNode view, List<ObjectNode> resources) {
        ViewDefinition definition = ViewDefinition.of(view);
        CompiledView compiled = definition.compile(OwnBases.NONE);
        JsonOutput out = new JsonOutput();
        NdjsonRows writer = new NdjsonRows(definition.columns(), out);
        for (ObjectNode resource : resources) {
            byte[] bytes = resource.toString().getBytes(UTF_8);
            compiled.rows(bytes, 0, bytes.length, writer);
        }
        return new String(out.bytes(), 0, out.size(), UTF_8)
                .lines()
                .map(line -> FhirJson.MAPPER.readTree(line))
                .toList();
    }

    /** A number is the same with other zeros at its end, and the order of columns is checked apart. */
    private static String comparable(JsonNode row) {
        return row.propertyStream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(field -> field.getKey() + "="
                        + (field.getValue().isNumber() ? plain(field.getValue()) : field.getValue()))
                .toList()
                .toString();
    }

    private static String plain(JsonNode number) {
        BigDecimal value = number.decimalValue();
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
