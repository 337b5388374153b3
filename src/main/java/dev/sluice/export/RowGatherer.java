package dev.sluice.export;

import dev.sluice.export.Gatherer.Round;
import dev.sluice.fhir.RootScan;
import dev.sluice.search.FilterUnion;
import dev.sluice.store.Gathering;
import dev.sluice.store.Gathering.Part;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Gathers the rows of a query, as far as the filters of their type take them. */
@Component
class RowGatherer {
    private static final KeyRange ALL = new KeyRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0);
    private static final RootScan ID = new RootScan(Set.of("id"));
    private static final int BATCH = 1_000;

    private final Gathering gathering;
    private final Filters filters;
    private final RowStream stream;

    RowGatherer(Gathering gathering, Filters filters, RowStream stream) {
        this.gathering = gathering;
        this.filters = filters;
        this.stream = stream;
    }

    /** Adds rows: as present, and those that have not changed since the query's moment as known. */
    void add(Round round, RowQuery query, int depth) {
        if (filters.of(round.job(), query.type()).isEmpty()) {
            gathering.add(round.attempt(), Part.PRESENT, query, depth);
            if (query.since() != null) {
                gathering.add(round.attempt(), Part.KNOWN, query.whole(), depth);
            }
            return;
        }
        List<String> ids = new ArrayList<>();
        read(round, query.whole(), (buffer, offset, length) -> {
            ids.add(ID.read(buffer, offset, length).path("id").asString());
            if (ids.size() == BATCH) {
                add(round, query, depth, ids);
            }
        });
        add(round, query, depth, ids);
    }

    private void add(Round round, RowQuery query, int depth, List<String> ids) {
        gathering.add(round.attempt(), Part.PRESENT, query, depth, ids);
        if (query.since() != null) {
            gathering.add(round.attempt(), Part.KNOWN, query.whole(), depth, ids);
        }
        ids.clear();
    }

    /** Gives the resources of a query that its type's filters take to the sink. */
    void read(Round round, RowQuery query, RowStream.Sink sink) {
        FilterUnion filter = filters.of(round.job(), query.type());
        RowFaults faults = new RowFaults();
        stream.read(
                query,
                ALL,
                (buffer, offset, length) -> {
                    if (faults.takes(filter, buffer, offset, length)) {
                        sink.row(buffer, offset, length);
                    }
                },
                canceller -> {});
    }
}
