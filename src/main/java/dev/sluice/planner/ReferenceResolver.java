package dev.sluice.planner;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.IncludeResolver.Attempt;
import dev.sluice.planner.IncludedRows.RowChange;
import dev.sluice.r4.ReferenceExtractor;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.RowContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Follows the references of an export's resources, level by level, and records the referenced resources.
 *
 * <p>It reads every resource of the export once. Its memory does not grow with the export.
 */
@Component
class ReferenceResolver {
    private final IncludedRowWriter rows;
    private final IncludedRows includedRows;

    ReferenceResolver(IncludedRowWriter rows, IncludedRows includedRows) {
        this.rows = rows;
        this.includedRows = includedRows;
    }

    /** Finds the resources that the exported resources refer to, then those that these refer to, and so on. */
    void follow(Attempt attempt) {
        ExportQueries queries = attempt.queries();
        for (ResourceType type : queries.types()) {
            if (!queries.needsResolving(type)) {
                RowQuery selected = queries.selected(type, RowContent.RESOURCES);
                note(attempt, selected.withoutSince(), attempt.since() == null);
                if (attempt.since() != null) {
                    note(attempt, selected, true);
                }
            }
        }
        noteFound(attempt, 0);
        for (int depth = 1; depth <= attempt.associated().depth(); depth++) {
            for (ResourceType type : queries.resolvedTypes()) {
                if (attempt.associated().includesReferenced(type)) {
                    rows.add(attempt, referenced(attempt, type, true), depth);
                    rows.add(attempt, referenced(attempt, type, false).since(attempt.since()), depth);
                }
            }
            noteFound(attempt, depth);
        }
    }

    private static RowQuery referenced(Attempt attempt, ResourceType type, boolean fromChanged) {
        return RowQuery.of(
                type,
                attempt.queries().job().transactionTime(),
                IncludedRows.referenced(attempt.id(), type, fromChanged));
    }

    private void noteFound(Attempt attempt, int depth) {
        ExportQueries queries = attempt.queries();
        for (ResourceType type : queries.resolvedTypes()) {
            note(attempt, queries.found(type, attempt.id(), RowChange.CHANGED, depth), true);
            if (attempt.since() != null) {
                note(attempt, queries.found(type, attempt.id(), RowChange.UNCHANGED, depth), false);
            }
        }
    }

    private void note(Attempt attempt, RowQuery query, boolean fromChanged) {
        ReferenceExtractor scan = new ReferenceExtractor(attempt.queries().bases());
        Batch batch = new Batch(attempt.id(), fromChanged);
        rows.read(attempt, query, (buffer, offset, length) -> scan.each(buffer, offset, length, batch::add));
        batch.flush();
    }

    /** The references of a batch. References that were seen recently are not written again. */
    private final class Batch {
        private static final int SIZE = 2_000;
        private static final int REMEMBERED = 50_000;

        private final UUID attempt;
        private final boolean fromChanged;
        private final List<ResourceKey> waiting = new ArrayList<>();
        private final Map<ResourceKey, Boolean> seen = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ResourceKey, Boolean> eldest) {
                return size() > REMEMBERED;
            }
        };

        Batch(UUID attempt, boolean fromChanged) {
            this.attempt = attempt;
            this.fromChanged = fromChanged;
        }

        void add(ResourceKey key) {
            if (seen.put(key, true) == null && waiting.add(key) && waiting.size() == SIZE) {
                flush();
            }
        }

        void flush() {
            if (!waiting.isEmpty()) {
                includedRows.addReferences(attempt, waiting, fromChanged);
                waiting.clear();
            }
        }
    }
}
