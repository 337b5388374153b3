package dev.sluice.planner;

import dev.sluice.filter.ResourceFilter;
import dev.sluice.json.TopLevelScanner;
import dev.sluice.planner.IncludeResolver.Attempt;
import dev.sluice.planner.IncludedRows.RowChange;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Records the rows of a query that match the filters of their type as part of an export. */
@Component
class IncludedRowWriter {
    private static final KeyRange ALL = new KeyRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, 0);
    private static final TopLevelScanner ID = new TopLevelScanner(Set.of("id"));
    private static final int BATCH = 1_000;

    private final IncludedRows includedRows;
    private final RowStream stream;

    IncludedRowWriter(IncludedRows includedRows, RowStream stream) {
        this.includedRows = includedRows;
        this.stream = stream;
    }

    /** Records the rows: as changed, and those that have not changed since the query's time as unchanged. */
    void add(Attempt attempt, RowQuery query, int depth) {
        if (!attempt.queries().filters().types().contains(query.type())) {
            includedRows.add(attempt.id(), RowChange.CHANGED, query, depth);
            if (query.since() != null) {
                includedRows.add(attempt.id(), RowChange.UNCHANGED, query.withoutSince(), depth);
            }
            return;
        }
        List<String> ids = new ArrayList<>();
        read(attempt, query.withoutSince(), (buffer, offset, length) -> {
            ids.add(ID.read(buffer, offset, length).path("id").asString());
            if (ids.size() == BATCH) {
                add(attempt, query, depth, ids);
            }
        });
        add(attempt, query, depth, ids);
    }

    private void add(Attempt attempt, RowQuery query, int depth, List<String> ids) {
        includedRows.add(attempt.id(), RowChange.CHANGED, query, depth, ids);
        if (query.since() != null) {
            includedRows.add(attempt.id(), RowChange.UNCHANGED, query.withoutSince(), depth, ids);
        }
        ids.clear();
    }

    /** Passes the resources of a query that match the filters of their type to the sink. */
    void read(Attempt attempt, RowQuery query, RowStream.Sink sink) {
        ResourceFilter filter = attempt.queries().filters().of(query.type());
        stream.read(
                query,
                ALL,
                (buffer, offset, length) -> {
                    if (attempt.issues().matches(filter, buffer, offset, length)) {
                        sink.row(buffer, offset, length);
                    }
                },
                canceller -> {});
    }
}
