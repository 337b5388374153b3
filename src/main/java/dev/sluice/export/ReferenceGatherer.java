package dev.sluice.export;

import dev.sluice.export.Gatherer.Round;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.ReferenceScan;
import dev.sluice.store.Gathering;
import dev.sluice.store.Gathering.Part;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.What;
import dev.sluice.web.BaseUrl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Follows the references of an export's resources to others, level by level, and notes what they refer to.
 *
 * <p>Every resource of the export is read once for it. The memory that it takes does not grow with the export.
 */
@Component
class ReferenceGatherer {
    private final Reach reach;
    private final RowGatherer rows;
    private final Gathering gathering;
    private final BaseUrl base;

    ReferenceGatherer(Reach reach, RowGatherer rows, Gathering gathering, BaseUrl base) {
        this.reach = reach;
        this.rows = rows;
        this.gathering = gathering;
        this.base = base;
    }

    /** Gathers what the resources that are exported so far refer to, what these refer to, and so on. */
    void follow(Round round) {
        for (ResourceType type : reach.types(round.job())) {
            if (!reach.isGathered(round.job(), type)) {
                RowQuery selected = reach.rows(round.id(), round.job(), type, What.RESOURCES);
                note(round, selected.whole(), round.since() == null);
                if (round.since() != null) {
                    note(round, selected, true);
                }
            }
        }
        noteGathered(round, 0);
        for (int depth = 1; depth <= round.companions().depth(); depth++) {
            for (ResourceType type : reach.gatheredTypes(round.job())) {
                if (round.companions().bringReferenced(type)) {
                    rows.add(round, referenced(round, type, true), depth);
                    rows.add(round, referenced(round, type, false).since(round.since()), depth);
                }
            }
            noteGathered(round, depth);
        }
    }

    /** How many resources the export refers to and does not hold, by type; empty if nobody asked for what it refers to. */
    Map<String, Long> dangling(UUID id, ExportJob job) {
        return job.request().companions().referenced().isEmpty()
                ? Map.of()
                : gathering.dangling(id, type -> exported(id, job, type));
    }

    private List<RowQuery> exported(UUID id, ExportJob job, ResourceType type) {
        if (!reach.types(job).contains(type)) {
            return List.of();
        }
        if (!reach.isGathered(job, type)) {
            return List.of(reach.rows(id, job, type, What.RESOURCES).whole());
        }
        List<RowQuery> parts = new ArrayList<>();
        for (Part part : List.of(Part.PRESENT, Part.KNOWN)) {
            parts.add(RowQuery.of(type, job.transactionTime(), gathering.rows(id, type, part)));
        }
        return parts;
    }

    private static RowQuery referenced(Round round, ResourceType type, boolean fresh) {
        return RowQuery.of(
                type, round.job().transactionTime(), new Membership.Referenced(round.attempt(), type, fresh));
    }

    private void noteGathered(Round round, int depth) {
        for (ResourceType type : reach.gatheredTypes(round.job())) {
            note(round, round.gathered(type, Part.PRESENT, depth), true);
            if (round.since() != null) {
                note(round, round.gathered(type, Part.KNOWN, depth), false);
            }
        }
    }

    private void note(Round round, RowQuery query, boolean fresh) {
        ReferenceScan scan = new ReferenceScan(base.own(round.job().base()));
        Batch batch = new Batch(round.attempt(), fresh);
        rows.read(round, query, (buffer, offset, length) -> scan.each(buffer, offset, length, batch::add));
        batch.flush();
    }

    /** References that wait to be written; what was met not long ago is not written again. */
    private final class Batch {
        private static final int SIZE = 2_000;
        private static final int REMEMBERED = 50_000;

        private final UUID attempt;
        private final boolean fresh;
        private final List<ResourceKey> waiting = new ArrayList<>();
        private final Map<ResourceKey, Boolean> met = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ResourceKey, Boolean> eldest) {
                return size() > REMEMBERED;
            }
        };

        Batch(UUID attempt, boolean fresh) {
            this.attempt = attempt;
            this.fresh = fresh;
        }

        void add(ResourceKey key) {
            if (met.put(key, true) == null && waiting.add(key) && waiting.size() == SIZE) {
                flush();
            }
        }

        void flush() {
            if (!waiting.isEmpty()) {
                gathering.addReferences(attempt, waiting, fresh);
                waiting.clear();
            }
        }
    }
}
