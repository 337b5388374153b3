package dev.sluice.export;

import dev.sluice.job.UnitContext;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.springframework.stereotype.Component;

/** Reads rows for units, each in its turn. */
@Component
class UnitRows {
    private final RowStream rows;
    private final Turns turns;

    UnitRows(RowStream rows, Turns turns) {
        this.rows = rows;
        this.turns = turns;
    }

    /** Gives each row of the query within the range to the sink; see {@link RowStream}. */
    long read(RowQuery query, KeyRange range, RowStream.Sink sink, UnitContext unit) {
        return inTurn(unit, () -> rows.read(query, range, sink, unit::onCancel));
    }

    /** Gives lines of a job's plan of blocks to the sink; see {@link RowStream}. */
    long read(UUID job, List<RowQuery> queries, KeyRange lines, RowStream.BlockSink sink, UnitContext unit) {
        return inTurn(unit, () -> rows.read(job, queries, lines, sink, unit::onCancel));
    }

    private long inTurn(UnitContext unit, LongSupplier read) {
        turns.begin(unit);
        try {
            return read.getAsLong();
        } finally {
            turns.end(1);
        }
    }
}
