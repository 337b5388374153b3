package dev.sluice.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.ColumnType;
import dev.sluice.lake.TableColumn;
import dev.sluice.lake.TableSchema;
import dev.sluice.output.ResourceColumns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tables with columns of their own, which each export replaces, as those of views are. */
class ReplacedTablesTest extends LocalTables {
    private static final TableSchema NARROW =
            TableSchema.of(TableColumn.of("id", ColumnType.STRING), TableColumn.of("body", ColumnType.STRING));
    private static final TableSchema WIDE = TableSchema.of(
            TableColumn.of("id", ColumnType.STRING),
            TableColumn.of("body", ColumnType.STRING),
            TableColumn.of("given", ColumnType.STRING_LIST),
            TableColumn.of("value", ColumnType.DOUBLE));

    private static final String ARRAY = "{\"type\":\"array\",\"elementType\":\"string\",\"containsNull\":false}";
    private static final List<String> NARROW_COLUMNS = List.of("id string", "body string");
    private static final List<String> WIDE_COLUMNS =
            List.of("id string", "body string", "given " + ARRAY, "value double");

    @Test
    void eachExportReplacesRowsAndColumns() {
        tables.commit(
                exports.views(
                        Map.of("names", NARROW, "none", WIDE), Map.of("names", rows(0, 250, "x"), "none", Map.of())),
                LocalTables::held);
        List<String> first = exports.rows("names");
        tables.commit(
                exports.views(Map.of("names", WIDE, "none", WIDE), Map.of("names", rows(5, 150, "y"))),
                LocalTables::held);
        List<String> second = exports.rows("names");

        assertThat(tables.commit(
                        exports.views(
                                Map.of("names", WIDE, "more", NARROW, "none", WIDE),
                                Map.of("more", rows(0, 1, "z"), "none", rows(0, 2, "z"))),
                        LocalTables::held))
                .containsExactly(
                        new TableVersion("more", 0), new TableVersion("names", 2), new TableVersion("none", 2));
        DeltaReader names = reader("names");
        assertThat(names.rows(0, COLUMNS)).isEqualTo(first);
        assertThat(names.columns(0)).isEqualTo(NARROW_COLUMNS);
        assertThat(names.rows(1, COLUMNS)).isEqualTo(second);
        assertThat(names.columns(1)).isEqualTo(WIDE_COLUMNS);
        assertThat(names.actions(1)).filteredOn(action -> action.has("remove")).hasSize(3);
        assertThat(names.rows(2, COLUMNS)).isEmpty();
        assertThat(names.actions(2)).noneMatch(action -> action.has("metaData"));
        assertThat(reader("none").columns(0)).isEqualTo(WIDE_COLUMNS);
        assertThat(reader("none").rows(1, COLUMNS)).isEmpty();
        assertThat(reader("none").rows(2, COLUMNS)).isEqualTo(exports.rows("none"));
        assertThat(reader("more").rows(0, COLUMNS)).isEqualTo(exports.rows("more"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCrashLeavesTheOldOrTheNewColumnsAndTheNextExportEndsIt(boolean after) {
        boolean died = true;
        for (int write = 1; died; write++) {
            blobs.deleteContainer(ExportedTables.CONTAINER);
            exports = new ExportedTables(blobs);
            tables.commit(
                    exports.views(Map.of("a", NARROW, "b", WIDE), Map.of("a", rows(0, 3, "x"), "b", rows(0, 3, "x"))),
                    LocalTables::held);
            List<String> before = exports.rows("a");
            DeltaExport dead = exports.views(
                    Map.of("a", WIDE, "b", NARROW, "c", NARROW), Map.of("a", rows(1, 5, "y"), "b", rows(0, 3, "x")));
            FailingStore failing = FailingStore.at(blobs, write, after);
            try {
                tables(failing.store()).commit(dead, LocalTables::held);
            } catch (FailingStore.DeadException e) {
                // the next export follows
            }
            died = failing.died();
            List<String> state = exports.rows("a");
            boolean old = reader("a").version() == 0;
            assertThat(reader("a").rows(old ? 0 : 1, COLUMNS)).isEqualTo(old ? before : state);
            assertThat(reader("a").columns(old ? 0 : 1)).isEqualTo(old ? NARROW_COLUMNS : WIDE_COLUMNS);
            boolean committed = !tables.preventCommit(ExportedTables.CONTAINER, dead.job(), dead.time());
            assertThat(committed).isEqualTo(write > 1 || after || !died);

            tables.commit(
                    exports.views(Map.of("a", NARROW, "b", NARROW, "c", NARROW), Map.of("a", rows(7, 9, "z"))),
                    LocalTables::held);

            DeltaReader reader = reader("a");
            assertThat(reader.version()).isEqualTo(committed ? 2 : 1);
            assertThat(reader.columns(1)).isEqualTo(committed ? WIDE_COLUMNS : NARROW_COLUMNS);
            assertThat(reader.rows(1, COLUMNS)).isEqualTo(committed ? state : exports.rows("a"));
            assertThat(reader.columns(reader.version())).isEqualTo(NARROW_COLUMNS);
            assertThat(reader.rows(reader.version(), COLUMNS)).isEqualTo(exports.rows("a"));
            assertThat(reader("c").version()).isEqualTo(committed ? 1 : 0);
            assertThat(write).isLessThan(10);
        }
    }

    @Test
    void theErasureOfADeadExportEndsItsCommitWithItsColumns() {
        tables.commit(exports.views(Map.of("a", NARROW), Map.of("a", rows(0, 3, "x"))), LocalTables::held);
        DeltaExport dead = exports.views(Map.of("a", WIDE), Map.of("a", rows(0, 2, "y")));
        FailingStore failing = FailingStore.at(blobs, 1, true); // the entry
        assertThatThrownBy(() -> tables(failing.store()).commit(dead, LocalTables::held))
                .isInstanceOf(FailingStore.DeadException.class);
        assertThat(reader("a").version()).isZero();

        tables.erase(ExportedTables.CONTAINER, dead.folder(), dead.job(), dead.time(), List.of("a"));

        assertThat(reader("a").columns(1)).isEqualTo(WIDE_COLUMNS);
        assertThat(reader("a").rows(1, COLUMNS)).isEqualTo(exports.rows("a"));
    }

    @Test
    void anExportThatLeavesATableOutIsRefused() {
        tables.commit(exports.views(Map.of("a", NARROW, "b", NARROW), Map.of()), LocalTables::held);
        DeltaExport less = exports.views(Map.of("b", NARROW, "c", NARROW), Map.of());

        assertThatThrownBy(() -> tables.requireFits("lake", null, null, "content", less.schemas()))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageContaining("has tables that this export does not write: a.");
        assertThatThrownBy(() -> tables.commit(less, LocalTables::held)).isInstanceOf(CommitRefusedException.class);
        assertThat(tables.preventCommit("lake", less.job(), less.time())).isTrue();
        assertThat(reader("c").version()).isEqualTo(-1);
    }

    @Test
    void theSecondOfTwoExportsMayStartAgain() {
        DeltaExport first = exports.views(Map.of("a", NARROW), Map.of());
        DeltaExport second = exports.views(Map.of("a", NARROW), Map.of());

        assertThatThrownBy(() -> tables.commit(second, () -> tables.commit(first, LocalTables::held)))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageEndingWith("in the meantime. Start it again.");
    }

    /** Versions of Sluice that knew resources only recorded no columns. */
    @Test
    void anEntryWithoutColumnsIsOfResources() throws Exception {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        Path file = root.resolve("lake/_sluice_delta_log/00000000000000000000.json");
        JsonNode entry = FhirJson.MAPPER.readTree(Files.readString(file));
        assertThat(((ObjectNode) entry.at("/commit/tables/Observation")).remove("schema"))
                .isNotNull();
        Files.writeString(file, entry.toString());

        tables.commit(exports.everything(Map.of("Observation", rows(1, 2, "y"))), LocalTables::held);

        assertThat(reader("Observation").actions(1)).noneMatch(action -> action.has("metaData"));
        assertThat(reader("Observation").rows(1, COLUMNS)).isEqualTo(exports.rows("Observation"));
        assertThat(LogEntry.of(entry.toString())
                        .committed()
                        .orElseThrow()
                        .tables()
                        .values())
                .extracting(LogEntry.TableState::schema)
                .containsExactly(ResourceColumns.SCHEMA);
    }
}
