package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.ViewOutput;
import dev.sluice.plan.ViewOutput.Format;
import dev.sluice.plan.ViewOutput.PlannedView;
import dev.sluice.r4.OwnBases;
import dev.sluice.store.SealedLines;
import dev.sluice.view.ViewRowException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of a view that take much memory are made by one unit of a process at a time. */
class LargeRowsTest {
    private static final byte[] SMALL = patient("a");
    private static final byte[] LARGE = patient("a".repeat(900_000));
    private static final byte[] TOO_LARGE = patient("a".repeat(6_000_000));

    /** Ten computed texts, and ten times the element. */
    private static final String COLUMNS = "name.first().family.lower()|name.first().family";

    private final Semaphore turn = new Semaphore(1);

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"NDJSON", "CSV"})
    void onlyLargeRowsWaitForTheTurn(Format format) throws Exception {
        UnitView view = view(format, UnitControl.NONE);
        turn.acquire();

        assertThat(view.rows(SMALL, 0, SMALL.length, new Taken())).isEqualTo(1);

        CompletableFuture<Long> large =
                CompletableFuture.supplyAsync(() -> view.rows(LARGE, 0, LARGE.length, new Taken()));
        await().until(turn::hasQueuedThreads);
        turn.release();
        assertThat(large.join()).isEqualTo(1);
        assertThat(turn.availablePermits()).isEqualTo(1);
    }

    @Test
    void theTurnEndsWithTheResourceWhateverItsEndIs() {
        UnitView view = view(Format.NDJSON, UnitControl.NONE);

        assertThatThrownBy(() -> view.rows(TOO_LARGE, 0, TOO_LARGE.length, new Taken()))
                .isInstanceOf(ViewRowException.class);
        assertThat(turn.availablePermits()).isEqualTo(1);
        assertThat(view.rows(LARGE, 0, LARGE.length, new Taken())).isEqualTo(1);
        assertThat(turn.availablePermits()).isEqualTo(1);
    }

    @Test
    void aUnitThatHasToStopDoesNotWaitOn() throws Exception {
        UnitView view = view(Format.NDJSON, new UnitControl() {
            @Override
            public void check() {
                if (turn.availablePermits() == 0) {
                    throw new CancellationException("the lease is lost");
                }
            }
        });
        turn.acquire();

        assertThatThrownBy(() -> view.rows(LARGE, 0, LARGE.length, new Taken()))
                .isInstanceOf(CancellationException.class);
        assertThat(turn.availablePermits()).isZero();
    }

    @Test
    void aTurnThatWasTakenEndsWithAUnitThatHasToStop() {
        UnitView view = view(Format.NDJSON, new UnitControl() {
            @Override
            public void throttle(String by, Wait wait) {
                UnitControl.super.throttle(by, wait);
                throw new CancellationException("the lease is lost");
            }
        });

        assertThatThrownBy(() -> view.rows(LARGE, 0, LARGE.length, new Taken()))
                .isInstanceOf(CancellationException.class);
        assertThat(turn.availablePermits()).isEqualTo(1);
    }

    private UnitView view(Format format, UnitControl control) {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            for (String path : List.of(COLUMNS.split("\\|"))) {
                columns.append(columns.isEmpty() ? "" : ",")
                        .append("{\"name\":\"c")
                        .append(columns.length())
                        .append("\",\"path\":\"")
                        .append(path)
                        .append("\"}");
            }
        }
        PlannedView planned = new PlannedView(
                "v",
                ResourceType.PATIENT,
                "{\"resourceType\":\"ViewDefinition\",\"resource\":\"Patient\",\"select\":[{\"column\":[" + columns
                        + "]}]}");
        return UnitView.of(new ViewOutput(format, false, null, List.of(planned)), "v", OwnBases.NONE, control, turn);
    }

    private static byte[] patient(String family) {
        return ("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"" + family + "\"}]}").getBytes(UTF_8);
    }

    /** A file that nobody reads. */
    private static final class Taken implements LineTarget {
        @Override
        public void line(byte[] buffer, int offset, int length) {}

        @Override
        public void part(byte[] buffer, int offset, int length) {}

        @Override
        public void end() {}

        @Override
        public void lines(SealedLines sealed) {}

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }
}
