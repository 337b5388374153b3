package dev.sluice.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.DuckDb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DeltaTablesTest extends LocalTables {
    @Test
    void eachExportIsAVersion() {
        Random random = new Random(1);
        Map<Long, List<String>> states = new HashMap<>();
        tables.commit(exports.everything(Map.of("Observation", rows(0, 1_000, "v0"))), LocalTables::held);
        states.put(0L, exports.rows("Observation"));
        for (int number = 1; number <= 30; number++) {
            Map<String, String> changed = new TreeMap<>();
            for (int i = 0; i < 20; i++) {
                changed.put("id-" + random.nextInt(1_100), "v" + number + "é");
            }
            List<String> gone = List.of("id-" + (2_000 + number), "id-" + random.nextInt(1_000));
            changed.keySet().removeAll(gone);

            assertThat(tables.commit(
                            exports.changes(Map.of("Observation", changed), Map.of("Observation", gone)),
                            LocalTables::held))
                    .containsExactly(new TableVersion("Observation", number));
            states.put((long) number, exports.rows("Observation"));
        }
        DeltaReader reader = reader("Observation");
        assertThat(reader.version()).isEqualTo(30);
        states.forEach((version, rows) -> assertThat(reader.rows(version, COLUMNS))
                .as("version " + version)
                .isEqualTo(rows));
        assertThat(reader.files(30)).as("small files are put together").hasSizeLessThan(25);
        assertThat(reader.files(30).keySet()).anyMatch(path -> path.contains("kept-"));
        DeltaExport again = exports.everything(Map.of("Observation", rows(0, 10, "new")));
        assertThat(tables.commit(again, LocalTables::held)).containsExactly(new TableVersion("Observation", 31));
        assertThat(reader.rows(31, COLUMNS)).isEqualTo(exports.rows("Observation"));
    }

    @Test
    void statisticsBoundWhatTheFileHolds() {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 250, "x"))), LocalTables::held);
        tables.commit(exports.changes(Map.of(), Map.of("Observation", List.of("id-5", "id-249"))), LocalTables::held);

        DeltaReader reader = reader("Observation");
        Map<String, JsonNode> files = reader.files(1);
        assertThat(files).hasSize(3);
        for (JsonNode file : files.values()) {
            JsonNode stats = DeltaReader.stats(file);
            String path = root.resolve("lake/Observation")
                    .resolve(file.path("path").asString())
                    .toString();
            assertThat(DuckDb.rows("select count(*), count(*) - count(patient), min(id), max(id),"
                            + " min(patient), max(patient), min(last_updated) >= '"
                            + stats.at("/minValues/last_updated").asString() + "', max(last_updated) <= '"
                            + stats.at("/maxValues/last_updated").asString() + "' from '" + path + "'"))
                    .containsExactly(stats.path("numRecords").asLong() + " | "
                            + stats.at("/nullCount/patient").asLong() + " | "
                            + stats.at("/minValues/id").asString() + " | "
                            + stats.at("/maxValues/id").asString() + " | "
                            + stats.at("/minValues/patient").asString() + " | "
                            + stats.at("/maxValues/patient").asString() + " | true | true");
            assertThat(stats.path("minValues").has("body")).isFalse();
        }
    }

    @Test
    void aTableThatAnExportDoesNotNameBecomesEmptyOrStays() {
        tables.commit(
                exports.everything(Map.of("Observation", rows(0, 9, "x"), "Patient", rows(0, 3, "x"))),
                LocalTables::held);
        tables.commit(
                exports.changes(Map.of("Patient", rows(1, 2, "y"), "Group", rows(0, 1, "x")), Map.of()),
                LocalTables::held);
        assertThat(reader("Observation").version()).isEqualTo(1);
        assertThat(reader("Observation").rows(1, COLUMNS)).isEqualTo(exports.rows("Observation"));
        assertThat(reader("Patient").rows(1, COLUMNS)).isEqualTo(exports.rows("Patient"));
        assertThat(reader("Group").rows(0, COLUMNS)).isEqualTo(exports.rows("Group"));

        assertThat(tables.commit(exports.everything(Map.of("Patient", rows(0, 1, "z"))), LocalTables::held))
                .containsExactly(
                        new TableVersion("Group", 1),
                        new TableVersion("Observation", 2),
                        new TableVersion("Patient", 2));
        assertThat(reader("Observation").rows(2, COLUMNS)).isEmpty();
        assertThat(reader("Patient").rows(2, COLUMNS)).isEqualTo(exports.rows("Patient"));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Instant time = Instant.parse("2026-11-28T16:00:01Z");
        assertThatThrownBy(() -> tables.requireFits("lake", time, null, "content", RESOURCES))
                .hasMessageContaining("has no tables of Delta Lake yet");
        tables.requireFits("lake", null, null, "content", RESOURCES);
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);

        tables.requireFits("lake", time, null, "content", RESOURCES);
        tables.requireFits("lake", null, null, "content-keys", RESOURCES);
        assertThatThrownBy(() -> tables.requireFits("lake", null, null, "other", RESOURCES))
                .hasMessageContaining("has tables of another export")
                .hasMessageNotContaining("2026");
        assertThatThrownBy(() -> tables.requireFits("lake", time.plusMillis(1), null, "content", RESOURCES))
                .hasMessageContaining("Use _since=2026-11-28T16:00:01.000Z");
        assertThatThrownBy(() -> tables.requireFits("lake", time, null, "content-keys", RESOURCES))
                .hasMessageContaining("with other keys");
        assertThatThrownBy(() -> tables.requireFits("lake", null, time.minusMillis(1), "content", RESOURCES))
                .hasMessageContaining("and this export shows an earlier one");
    }

    @Test
    void commitsOfOtherProgramsAreRefusedUnlessTheyChangeNothing() throws Exception {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        Path log = root.resolve("lake/Observation/_delta_log");
        Files.writeString(
                log.resolve("00000000000000000001.json"), "{\"commitInfo\":{\"operation\":\"VACUUM START\"}}\n");

        assertThat(tables.commit(exports.changes(Map.of("Observation", rows(0, 1, "y")), Map.of()), LocalTables::held))
                .containsExactly(new TableVersion("Observation", 2));
        Files.writeString(
                log.resolve("00000000000000000003.json"),
                "{\"commitInfo\":{\"operation\":\"OPTIMIZE\"}}\n{\"remove\":{\"path\":\"x\"}}\n");

        DeltaExport next = exports.changes(Map.of("Observation", rows(0, 1, "z")), Map.of());
        assertThatThrownBy(() -> tables.commit(next, LocalTables::held))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageContaining("Another program has written version 3 of the table Observation");
        assertThatThrownBy(() -> tables.requireFits("lake", next.since(), null, "content", RESOURCES))
                .hasMessageContaining("Another program");
        assertThat(tables.preventCommit("lake", next.job(), next.time())).isTrue();
    }

    @Test
    void tablesOfOtherProgramsAreNotWritten() throws Exception {
        Path log = Files.createDirectories(root.resolve("lake/Observation/_delta_log"));
        Files.writeString(log.resolve("_last_checkpoint"), "{}");

        DeltaExport first = exports.everything(Map.of("Observation", rows(0, 3, "x")));
        assertThatThrownBy(() -> tables.commit(first, LocalTables::held))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageContaining("a table Observation that another program has made");
        assertThat(reader("Observation").version()).isEqualTo(-1);
    }

    @Test
    void aDeletedTableIsNotWrittenAgain() {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        blobs.deletePrefix(ExportedTables.CONTAINER, "Observation");

        assertThatThrownBy(() -> tables.requireFits("lake", null, null, "content", RESOURCES))
                .hasMessageContaining("The table Observation in the container 'lake' was deleted");
        assertThat(root.resolve("lake/Observation")).doesNotExist();
    }

    @Test
    void filesThatAreGoneDoNotBecomePartOfATable() {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        DeltaExport next = exports.changes(Map.of("Observation", rows(1, 2, "y")), Map.of());
        blobs.deletePrefix(ExportedTables.CONTAINER, "Observation/" + next.folder());

        assertThatThrownBy(() -> tables.commit(next, LocalTables::held))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageContaining("was deleted before it became part of the table");
        assertThat(tables.preventCommit("lake", next.job(), next.time())).isTrue();
        assertThat(reader("Observation").version()).isZero();
    }
}
