package dev.sluice.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.blob.BlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that die, are late, or commit at the same time. */
class DeltaCommitTest extends LocalTables {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCrashLeavesTheOldOrTheNewVersionAndTheRepeatEndsOnce(boolean after) throws Exception {
        boolean died = true;
        for (int write = 1; died; write++) {
            blobs.deleteContainer(ExportedTables.CONTAINER);
            exports = new ExportedTables(blobs);
            tables.commit(
                    exports.everything(Map.of("Observation", rows(0, 300, "x"), "Patient", rows(0, 3, "x"))),
                    LocalTables::held);
            Map<String, List<String>> before = Map.of(
                    "Observation", exports.rows("Observation"), "Patient", exports.rows("Patient"), "Group", List.of());
            DeltaExport changes = exports.changes(
                    Map.of("Observation", rows(95, 110, "y"), "Group", rows(0, 1, "y")),
                    Map.of("Observation", List.of("id-250"), "Patient", List.of("id-1")));
            FailingStore failing = FailingStore.at(blobs, write, after);
            try {
                tables(failing.store()).commit(changes, LocalTables::held);
            } catch (FailingStore.DeadException dead) {
                // the repeat follows
            }
            died = failing.died();

            before.forEach((table, rows) -> {
                long version = reader(table).version();
                assertThat(reader(table).rows(version, COLUMNS))
                        .as(table)
                        .isEqualTo(version < (table.equals("Group") ? 0 : 1) ? rows : exports.rows(table));
            });
            List<TableVersion> versions = tables.commit(changes, LocalTables::held);
            assertThat(versions)
                    .containsExactly(
                            new TableVersion("Group", 0),
                            new TableVersion("Observation", 1),
                            new TableVersion("Patient", 1));
            List<Path> all = files();
            assertThat(tables.commit(changes, LocalTables::held)).isEqualTo(versions);
            assertThat(files()).isEqualTo(all);
            for (TableVersion version : versions) {
                assertThat(reader(version.table()).version()).isEqualTo(version.version());
                assertThat(reader(version.table()).rows(version.version(), COLUMNS))
                        .isEqualTo(exports.rows(version.table()));
            }
            assertThat(write).isLessThan(50);
        }
    }

    @Test
    void theNextExportWritesWhatIsMissingOfTheOneBefore() {
        tables.commit(
                exports.everything(Map.of("Observation", rows(0, 3, "x"), "Patient", rows(0, 3, "x"))),
                LocalTables::held);
        DeltaExport dead =
                exports.changes(Map.of("Observation", rows(0, 1, "y"), "Patient", rows(0, 1, "y")), Map.of());
        FailingStore failing = FailingStore.at(blobs, 4, false); // two kept files, the entry, the first table
        assertThatThrownBy(() -> tables(failing.store()).commit(dead, LocalTables::held))
                .isInstanceOf(FailingStore.DeadException.class);
        assertThat(reader("Patient").version()).isZero();

        tables.erase(
                ExportedTables.CONTAINER, dead.folder(), dead.job(), dead.time(), List.of("Observation", "Patient"));
        assertThat(reader("Patient").rows(1, COLUMNS)).isEqualTo(exports.rows("Patient"));
        tables.commit(exports.changes(Map.of("Patient", rows(1, 2, "z")), Map.of()), LocalTables::held);

        assertThat(reader("Patient").rows(2, COLUMNS)).isEqualTo(exports.rows("Patient"));
        assertThat(reader("Observation").rows(2, COLUMNS)).isEqualTo(exports.rows("Observation"));
    }

    @Test
    void anExportThatIsErasedDoesNotCommitAnyMore() {
        DeltaExport first = exports.everything(Map.of("Observation", rows(0, 3, "x")));
        tables.commit(first, LocalTables::held);
        DeltaExport late = exports.changes(Map.of("Observation", rows(0, 1, "y")), Map.of());
        List<String> names = List.of("Observation", "Patient");

        assertThatThrownBy(() -> tables.commit(
                        late,
                        () -> tables.erase(ExportedTables.CONTAINER, late.folder(), late.job(), late.time(), names)))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> tables.commit(late, LocalTables::held)).isInstanceOf(CancellationException.class);
        tables.erase(ExportedTables.CONTAINER, late.folder(), late.job(), null, names);
        tables.erase(ExportedTables.CONTAINER, first.folder(), first.job(), null, names);
        tables.erase("no-container", first.folder(), first.job(), null, names);

        DeltaReader reader = reader("Observation");
        assertThat(reader.version()).isZero();
        assertThat(reader.rows(0, "id")).hasSize(3);
        assertThat(root.resolve("lake/Observation/" + late.folder())).doesNotExist();
        assertThat(tables.preventCommit(ExportedTables.CONTAINER, first.job(), first.time()))
                .isFalse();
        assertThat(tables.preventCommit(ExportedTables.CONTAINER, late.job(), late.time()))
                .isTrue();
        assertThat(tables.preventCommit(ExportedTables.CONTAINER, UUID.randomUUID(), null))
                .isTrue();
    }

    /** The lease is lost between the last check and the entry in the log. */
    @Test
    void onlyTheProcessThatBeginsAnExportAgainCommitsIt() {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        DeltaExport export = exports.changes(Map.of("Observation", rows(0, 1, "y")), Map.of());
        AtomicBoolean lost = new AtomicBoolean();
        BlobStore late = FailingStore.before(
                blobs,
                "createIfAbsent",
                () -> lost.set(tables.preventCommit(ExportedTables.CONTAINER, export.job(), export.time())));

        assertThatThrownBy(() -> tables(late).commit(export, () -> {
                    if (lost.get()) {
                        throw new CancellationException("lease lost");
                    }
                }))
                .hasMessage("lease lost");

        assertThat(reader("Observation").version()).isZero();
        tables.commit(export, LocalTables::held);
        assertThat(reader("Observation").rows(1, COLUMNS)).isEqualTo(exports.rows("Observation"));
        assertThat(tables.preventCommit(ExportedTables.CONTAINER, export.job(), export.time()))
                .isFalse();
    }

    @Test
    void anErasedExportBetweenTwoOthersIsPassedOver() {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        DeltaExport next = exports.changes(Map.of("Observation", rows(0, 1, "y")), Map.of());

        tables.commit(next, new Runnable() {
            private boolean done;

            @Override
            public void run() {
                if (!done) {
                    done = true;
                    tables.erase(ExportedTables.CONTAINER, "other", UUID.randomUUID(), null, List.of("Observation"));
                }
            }
        });

        assertThat(reader("Observation").rows(1, COLUMNS)).isEqualTo(exports.rows("Observation"));
    }

    @Test
    void theSecondOfTwoExportsIsRefused() {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 3, "x"))), LocalTables::held);
        Instant start = exports.time();
        DeltaExport first = exports.changes(Map.of("Observation", rows(0, 1, "y")), Map.of());
        List<String> state = exports.rows("Observation");
        DeltaExport other = exports.changes(Map.of("Observation", rows(1, 2, "z")), Map.of());
        DeltaExport second = new DeltaExport(
                other.container(),
                other.folder(),
                other.job(),
                other.time(),
                start,
                "content",
                other.schemas(),
                other.added(),
                List.of());

        assertThatThrownBy(() -> tables.commit(second, () -> tables.commit(first, LocalTables::held)))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageContaining("in the meantime. Use _since=2026-11-28T16:00:02.000Z");
        assertThatThrownBy(() -> tables.commit(second, LocalTables::held))
                .isInstanceOf(CommitRefusedException.class)
                .hasMessageContaining("hold the state of 2026-11-28T16:00:02.000Z")
                .hasMessageContaining("changes since 2026-11-28T16:00:01.000Z");

        assertThat(reader("Observation").version()).isEqualTo(1);
        assertThat(reader("Observation").rows(1, COLUMNS)).isEqualTo(state);
    }

    @Test
    void oneOfManyProcessesCommits() throws Exception {
        tables.commit(exports.everything(Map.of("Observation", rows(0, 300, "x"))), LocalTables::held);
        DeltaExport changes = exports.changes(Map.of("Observation", rows(0, 150, "y")), Map.of());
        List<List<TableVersion>> versions = IntStream.range(0, 4)
                .parallel()
                .mapToObj(i -> tables.commit(changes, LocalTables::held))
                .toList();

        assertThat(versions).containsOnly(List.of(new TableVersion("Observation", 1)));
        assertThat(reader("Observation").version()).isEqualTo(1);
        assertThat(reader("Observation").rows(1, COLUMNS)).isEqualTo(exports.rows("Observation"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(ExportedTables.CONTAINER))) {
            return files.sorted().toList();
        }
    }
}
