package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.ViewRow.RowSink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No view takes a worker or its memory for itself: what one resource costs is bounded. */
@Timeout(240)
class ViewBudgetTest {
    static final String SMALL = "{\"resourceType\":\"Patient\",\"id\":\"p\"}";

    static final String NAMES = "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":["
            + IntStream.range(0, 100)
                    .mapToObj(i -> "{\"family\":\"name " + i + "\"}")
                    .collect(Collectors.joining(","))
            + "]}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            name.where(%resource.name.where(%resource.name.where(%resource.name.where(family = 'x').exists()).exists()).exists()).count() | steps
            name.all(%resource.name.exists(%resource.name.all(%resource.name.exists(family = 'x').not()).not()))      | steps
            name.select(%resource.name).select(%resource.name).distinct().count()                                     | steps
            name.select(%resource.name.take(10)).select(%resource.name.family) ~ name.select(%resource.name.take(10)).select(%resource.name.family) | steps
            name.where(({} and {} and {} and {}) and %resource.name.where({} or {}).exists()).exists(%resource.name.where({}).select(%resource.name).exists()) | no fault
            name.select(%resource.name).select(%resource.name).select(%resource.name).count()                         | values
            name.family.join().replace('', 'abcdefghijklmnopqrstuvwxyz').replace('', 'abcdefghijklmnopqrstuvwxyz').replace('', 'abcdefghijklmnopqrstuvwxyz').length() | characters
            name.select(%resource.name.select(family.replace('a', 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz').replace('b', 'abcdefghijklmnopqrstuvwxyz'))).join(' abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz').length() | characters
            """)
    void whatAPathCostsIsBounded(String path, String fault) {
        CompiledView view = view(column("a", path)).compile(OwnBases.NONE);
        if (fault.equals("no fault")) {
            assertThat(count(view, NAMES)).isEqualTo(1);
            return;
        }

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> count(view, NAMES))
                    .isInstanceOf(ViewRowException.class)
                    .hasMessageContaining(fault);
            assertThat(count(view, SMALL)).as("the next resource").isEqualTo(1);
        }
    }

    @Test
    void aSearchInALongTextIsBounded() {
        String text = "a".repeat(2_000_000);
        String patient = "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"" + text + "\",\"family\":\""
                + text.substring(1_000_000) + "b\"}]}";
        CompiledView view = view(column("a", "name.first().text.indexOf(%resource.name.first().family)"))
                .compile(OwnBases.NONE);

        assertThatThrownBy(() -> count(view, patient))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("steps");
    }

    @Test
    void textsThatAreKeptAreBounded() {
        String text = "a".repeat(1_000_000);
        String patient = NAMES.replace("\"id\":\"p\"", "\"id\":\"p\",\"language\":\"" + text + "\"");
        CompiledView view = view(column("a", "name.select(%resource.language & family).count()"))
                .compile(OwnBases.NONE);

        assertThatThrownBy(() -> count(view, patient))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("the texts that the view computes");
    }

    @Test
    void loopsThatMakeNoRowsEnd() {
        String loops = "{\"forEach\":\"%resource.name\",\"column\":[],\"select\":[".repeat(5)
                + "{\"forEach\":\"contact\",\"column\":[" + column("a", "id") + "]}" + "]}".repeat(5);
        CompiledView view = viewOf(loops).compile(OwnBases.NONE);

        assertThatThrownBy(() -> count(view, NAMES))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("steps");
    }

    /** Many collections of some hundred values are together as large as one of many. */
    @Test
    void collectionsOfMiddleSizeAreBounded() {
        String columns = IntStream.range(0, 110)
                .mapToObj(i -> column("c" + i, "name.given" + ".skip(0)".repeat(90) + ".count()"))
                .collect(Collectors.joining(","));
        CompiledView view = view(columns).compile(OwnBases.NONE);
        String patient = "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"a\"" + ",\"b\"".repeat(200) + "]}]}";

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> count(view, patient))
                    .isInstanceOf(ViewRowException.class)
                    .hasMessageContaining("values");
            assertThat(count(view, SMALL)).isEqualTo(1);
        }
    }

    /** What a resource may hold does not depend on those before it. */
    @Test
    void eachResourceHasTheWholeBudget() {
        CompiledView view =
                view(column("a", "name.select(%resource.name).count()")).compile(OwnBases.NONE);

        for (int i = 0; i < 200; i++) {
            assertThat(count(view, NAMES)).isEqualTo(1);
        }
    }

    /** A row is refused while it grows: the rows of this one would have some gigabytes. */
    @Test
    void aLargeRowIsNotHeld() {
        String columns = IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"name\":\"c" + i + "\",\"path\":\"$this\",\"type\":\"Patient\"}")
                .collect(Collectors.joining(","));
        ViewDefinition definition = view(columns);
        String patient = NAMES.replace("\"id\":\"p\"", "\"language\":\"" + "a".repeat(1_000_000) + "\"");

        for (int i = 0; i < 2; i++) {
            JsonOutput out = new JsonOutput();
            RowSink sink = i == 0
                    ? new NdjsonRows(definition.columns(), out, 4 << 20)
                    : new CsvRows(definition.columns(), out, 4 << 20);
            assertThatThrownBy(() -> run(definition.compile(OwnBases.NONE), patient, sink))
                    .isInstanceOf(ViewRowException.class)
                    .hasMessage("its rows are together larger than 4 MB");
            assertThat(out.size()).isLessThan(5 << 20);
        }
    }

    /** Values that are computed are in no resource, so its size does not bound them. */
    @ParameterizedTest
    @CsvSource({"0.5, 97", "true, 0"})
    void computedValuesAreNotHeld(String value, int zeros) {
        String path = "name.select(%resource.name).select(%resource.name).select(" + value + "0".repeat(zeros) + ")";
        ViewDefinition definition = view(
                "{\"name\":\"a\",\"collection\":true,\"path\":\"" + path.replace("name)", "name.take(60))") + "\"}");

        for (boolean csv : new boolean[] {true, false}) {
            JsonOutput out = new JsonOutput();
            RowSink sink = csv
                    ? new CsvRows(definition.columns(), out, 1 << 20)
                    : new NdjsonRows(definition.columns(), out, 1 << 20);
            assertThatThrownBy(() -> run(definition.compile(OwnBases.NONE), NAMES, sink))
                    .isInstanceOf(ViewRowException.class)
                    .hasMessage("its rows are together larger than 1 MB");
            assertThat(out.size()).isLessThan(2 << 20);
        }
    }

    @Test
    void rowsWithoutValuesAreNotHeld() {
        String columns =
                IntStream.range(0, 1_000).mapToObj(i -> column("c" + i, "id")).collect(Collectors.joining(","));
        ViewDefinition definition =
                viewOf("{\"forEach\":\"name.select(%resource.name)\",\"column\":[" + columns + "]}");
        JsonOutput out = new JsonOutput();

        assertThatThrownBy(() ->
                        run(definition.compile(OwnBases.NONE), NAMES, new CsvRows(definition.columns(), out, 1 << 20)))
                .hasMessage("its rows are together larger than 1 MB");
        assertThat(out.size()).isLessThan(2 << 20);
    }

    @Test
    void aViewIsBoundedItself() {
        assertThatThrownBy(() -> viewOf(String.join(",", Collections.nCopies(1_001, "{\"column\":[]}"))))
                .isInstanceOf(InvalidViewException.class)
                .hasMessageContaining("at most 1000 parts");
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            columns.add(column("c" + i, "id" + ".where(true)".repeat(50)));
        }
        assertThatThrownBy(() -> view(String.join(",", columns)))
                .isInstanceOf(InvalidViewException.class)
                .hasMessageContaining("longer than 262144 characters");
    }

    /** The parts of a view that stand beside each other are loops in each other. */
    @Test
    void allPartsThatAViewMayHaveFitOnTheStack() {
        String parts = IntStream.range(0, 999)
                .mapToObj(i -> "{\"column\":[" + column("c" + i, "id") + "]}")
                .collect(Collectors.joining(","));

        assertThat(count(viewOf(parts).compile(OwnBases.NONE), SMALL)).isEqualTo(1);
    }

    /** A large resource with the rows that may be made of it is far from the bounds. */
    @Test
    void aLargeResourceKeepsItsRows() {
        String names = IntStream.range(0, 90_000)
                .mapToObj(i ->
                        "{\"family\":\"f" + i + "\",\"given\":[\"a\",\"b\"],\"period\":{\"start\":\"2020-01-01\"}}")
                .collect(Collectors.joining(","));
        CompiledView view = viewOf("{\"column\":[" + column("id", "getResourceKey()")
                        + "]},{\"forEach\":\"name\",\"column\":["
                        + IntStream.range(0, 10)
                                .mapToObj(i -> column("f" + i, "family") + "," + column("g" + i, "given.first()") + ","
                                        + column("p" + i, "period.start"))
                                .collect(Collectors.joining(","))
                        + "]}")
                .compile(OwnBases.NONE);

        assertThat(count(view, "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[" + names + "]}"))
                .isEqualTo(90_000);
        assertThat(view.steps()).isBetween(90_000L * 60, CompiledView.MOST_STEPS / 2);
    }

    static String column(String name, String path) {
        return FhirJson.MAPPER
                .createObjectNode()
                .put("name", name)
                .put("path", path)
                .toString();
    }

    static ViewDefinition view(String columns) {
        return viewOf("{\"column\":[" + columns + "]}");
    }

    private static ViewDefinition viewOf(String selects) {
        String json = "{\"resource\":\"Patient\",\"select\":[" + selects + "]}";
        return ViewDefinition.of(FhirJson.parseObject(json.getBytes(UTF_8)));
    }

    static int count(CompiledView view, String resource) {
        int[] rows = {0};
        run(view, resource, row -> rows[0]++);
        return rows[0];
    }

    private static void run(CompiledView view, String resource, RowSink sink) {
        byte[] bytes = resource.getBytes(UTF_8);
        view.rows(bytes, 0, bytes.length, sink);
    }
}
