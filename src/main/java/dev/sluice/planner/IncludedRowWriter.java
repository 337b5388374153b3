package dev.sluice.planner;

import dev.sluice.filter.FilterUnion;
import dev.sluice.json.RootScan;
import dev.sluice.planner.IncludeResolver.Attempt;
import dev.sluice.store.Gathering;
import dev.sluice.store.Gathering.Part;
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
    private static final KeyRange ALL = new KeyRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0);
    private static final RootScan ID = new RootScan(Set.of("id"));
    private static final int BATCH = 1_000;

    private final Gathering gathering;
    private final RowStream stream;

    IncludedRowWriter(Gathering gathering, RowStream stream) {
        this.gathering = gathering;
        this.stream = stream;
    }

    /** Adds rows: as present, and those that have not changed since the query's time as known. */
    void add(Attempt attempt, RowQuery query, int depth) {
        if (!attempt.queries().filters().types().contains(query.type())) {
            gathering.add(attempt.id(), Part.PRESENT, query, depth);
            if (query.since() != null) {
                gathering.add(attempt.id(), Part.KNOWN, query.whole(), depth);
            }
            return;
        }
        List<String> ids = new ArrayList<>();
        read(attempt, query.whole(), (buffer, offset, length) -> {
            ids.add(ID.read(buffer, offset, length).path("id").asString());
            if (ids.size() == BATCH) {
                add(attempt, query, depth, ids);
            }
        });
        add(attempt, query, depth, ids);
    }

    private void add(Attempt attempt, RowQuery query, int depth, List<String> ids) {
        gathering.add(attempt.id(), Part.PRESENT, query, depth, ids);
        if (query.since() != null) {
            gathering.add(attempt.id(), Part.KNOWN, query.whole(), depth, ids);
        }
        ids.clear();
    }

    /** Passes the resources of a query that match the filters of their type to the sink. */
    void read(Attempt attempt, RowQuery query, RowStream.Sink sink) {
        FilterUnion filter = attempt.queries().filters().of(query.type());
        stream.read(
                query,
                ALL,
                (buffer, offset, length) -> {
                    if (attempt.issues().takes(filter, buffer, offset, length)) {
                        sink.row(buffer, offset, length);
                    }
                },
                canceller -> {});
    }
}
