package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kinds of jobs do not keep each other waiting. */
@IntegrationTest
class KindsTest {
    private static final String LOADS = "loads";

    private final Practice practice = new Practice();
    private final Practice loads = new Practice(LOADS);
    private final String database = TestDatabase.freshUrl();
    private final EngineProcess process =
            EngineProcess.start(database, List.of(practice, loads), "sluice.export.workers=1");

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobDoesNotWaitForTheLongUnitsOfAnotherKind(boolean loadsAreLong) {
        Practice lengthy = loadsAreLong ? loads : practice;
        Practice brief = loadsAreLong ? practice : loads;
        lengthy.hold = true;
        UUID first = submit(lengthy, 3);
        UUID second = submit(lengthy, 3);
        await().until(() -> lengthy.holders.get() == 1);

        UUID other = submit(brief, 3);
        await().until(() -> ends(brief, other));

        assertThat(lengthy.holders).as("one unit, as many as workers").hasValue(1);
        lengthy.hold = false;
        await().until(() -> ends(lengthy, first) && ends(lengthy, second));
    }

    /** A process of an earlier version, during an upgrade. */
    @Test
    void aProcessLeavesJobsOfAKindThatItDoesNotKnowToOthers() {
        UUID id = UUID.randomUUID();
        process.jobs().submit(id, "new", new JobOwner("", null), "1", null);
        UUID other = submit(practice, 1);
        await().until(() -> ends(practice, other));

        assertThat(process.count("select attempts from job where kind = 'new'")).isZero();
        try (EngineProcess next = EngineProcess.start(database, new Practice("new"))) {
            await().until(() ->
                    next.jobs().find("new", id.toString(), "").orElseThrow().ending() != null);
        }
    }

    private UUID submit(Practice kind, int units) {
        UUID id = UUID.randomUUID();
        process.jobs().submit(id, kind.kind(), new JobOwner("", null), Integer.toString(units), null);
        return id;
    }

    private boolean ends(Practice kind, UUID id) {
        return process.jobs().find(kind.kind(), id.toString(), "").orElseThrow().ending() != null;
    }
}
