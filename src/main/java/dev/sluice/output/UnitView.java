package dev.sluice.output;

import dev.sluice.blob.BlobWriter;
import dev.sluice.plan.ViewOutput;
import dev.sluice.plan.ViewOutput.Format;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.CompiledView;
import dev.sluice.view.ViewDefinition;
import dev.sluice.view.ViewRowException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A view that one unit applies. The rows of a resource are written together, or none of them. For use by one thread. */
final class UnitView {
    /** How long a wait keeps its place among others before it checks whether the unit may go on. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final String name;
    private final Format format;
    private final CompiledView view;
    private final ViewRows rows;
    private final Semaphore turn;
    private boolean hasTurn;
    private long made;

    private UnitView(ViewOutput output, String name, OwnBases bases, UnitControl control, Semaphore turn) {
        ViewDefinition definition = ViewColumns.definition(output.view(name));
        this.name = name;
        this.format = output.format();
        this.turn = turn;
        this.view = definition.compile(bases).checkedBy(control::check).largeBy(() -> {
            control.throttle("other large rows", this::takeTurn);
        });
        this.rows = format.isTable()
                ? new ViewTable(definition.columns())
                : new ViewLines(definition.columns(), format == Format.CSV, output.header());
    }

    /**
     * The view of a plan.
     *
     * @param control can stop it within a resource
     * @param turn of the one unit of the process that makes large rows: how large they will be is not known before
     */
    static UnitView of(ViewOutput output, String name, OwnBases bases, UnitControl control, Semaphore turn) {
        return new UnitView(output, name, bases, control, turn);
    }

    String name() {
        return name;
    }

    /** A new file for rows of the view. */
    LineTarget target(BlobWriter blob) {
        blob.contentType(format.mediaType());
        return rows.target(blob);
    }

    /** Writes what stands at the beginning of a file. */
    void begin(LineTarget file) {
        rows.begin(file);
    }

    /**
     * Writes the rows of a resource, and returns how many they are.
     *
     * @throws ViewRowException if the view cannot make rows of it; then nothing was written
     */
    long rows(byte[] buffer, int offset, int length, LineTarget file) {
        rows.clear();
        made = 0;
        try {
            view.rows(buffer, offset, length, row -> {
                rows.row(row);
                made++;
            });
            rows.take(file);
        } finally {
            endTurn();
        }
        return made;
    }

    /** It is known at once that the turn is taken, so that it ends even if the unit has to stop now. */
    private boolean takeTurn() throws InterruptedException {
        hasTurn = turn.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        return hasTurn;
    }

    private void endTurn() {
        if (hasTurn) {
            rows.clear();
            hasTurn = false;
            turn.release();
        }
    }
}
