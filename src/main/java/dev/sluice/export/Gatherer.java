package dev.sluice.export;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.GatheredProvenance;
import dev.sluice.store.GatheredProvenance.Which;
import dev.sluice.store.Gathering;
import dev.sluice.store.Gathering.Part;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.What;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gathers, when an export is planned, what belongs to it for another reason than its level and types: the Provenance about
 * its resources, and the resources that they refer to.
 *
 * <p>With {@code _since} all of it is found as of the export's moment, and divided into what is new to the client and what
 * it has: a Provenance or a referenced resource comes when it changed, or when what leads to it did.
 */
@Component
class Gatherer {
    private final Reach reach;
    private final RowGatherer rows;
    private final ReferenceGatherer references;
    private final Gathering gathering;
    private final GatheredProvenance provenance;

    Gatherer(
            Reach reach,
            RowGatherer rows,
            ReferenceGatherer references,
            Gathering gathering,
            GatheredProvenance provenance) {
        this.reach = reach;
        this.rows = rows;
        this.references = references;
        this.gathering = gathering;
        this.provenance = provenance;
    }

    /**
     * One gathering on its way.
     *
     * @param attempt what it is kept under
     * @param id the job's
     */
    record Round(UUID attempt, UUID id, ExportJob job) {
        /** The rows of a type that are gathered so far, at a depth or at any. */
        RowQuery gathered(ResourceType type, Part part, @Nullable Integer depth) {
            return RowQuery.of(type, job.transactionTime(), new Membership.Gathered(attempt, type, part, depth));
        }

        @Nullable
        Instant since() {
            return job.request().since();
        }

        AssociatedData companions() {
            return job.request().companions();
        }
    }

    /** Gathers everything that an export needs; most need nothing, and a job that has it is left as it is. */
    void gather(UUID id, ExportJob job) {
        boolean needed =
                job.request().companions().any() || !reach.gatheredTypes(job).isEmpty();
        if (!needed || gathering.isDone(id)) {
            return;
        }
        if (!job.request().companions().any() && provenance.isInCompartments()) {
            gathering.skip(id);
            return;
        }
        Round round = new Round(gathering.begin(id), id, job);
        for (ResourceType type : selected(round)) {
            rows.add(round, reach.rows(id, job, type, What.RESOURCES), 0);
        }
        addProvenance(round, about(round, reach.types(job)));
        if (!round.companions().referenced().isEmpty()) {
            references.follow(round);
            if (round.companions().bringProvenance()) {
                addProvenance(round, about(round, reach.gatheredTypes(job)));
            }
        }
        if (job.request().listsDeletions()) {
            addGone(round); // at the end, since what is there is not gone
        }
        gathering.choose(round.attempt());
    }

    /** The gathered types of which the request selects rows by itself. */
    private List<ResourceType> selected(Round round) {
        return reach.gatheredTypes(round.job()).stream()
                .filter(type -> reach.asks(round.job(), type))
                .filter(type -> !type.equals(ResourceType.PROVENANCE)
                        || !round.companions().bringProvenance())
                .toList();
    }

    private void addProvenance(Round round, List<RowQuery> about) {
        about.forEach(query -> provenance.add(round.attempt(), query, round.since(), which(round)));
    }

    private static Which which(Round round) {
        return switch (round.companions().provenance()) {
            case OF_COMPARTMENT -> Which.BESIDE_COMPARTMENTS;
            case RELEVANT -> Which.ALL;
            case LATEST -> Which.LATEST;
        };
    }

    /**
     * The resources whose Provenance is exported: of the default those in the compartments, whatever types are asked for;
     * otherwise those of these types that are exported.
     */
    private List<RowQuery> about(Round round, List<ResourceType> types) {
        ExportJob job = round.job();
        if (!reach.gatheredTypes(job).contains(ResourceType.PROVENANCE)) {
            return List.of();
        }
        List<RowQuery> about = new ArrayList<>();
        if (!round.companions().bringProvenance()) {
            provenance
                    .targeted(reach.compartmentTypes(), which(round))
                    .forEach(type -> about.add(reach.compartment(round.id(), job, type)));
            return about;
        }
        for (ResourceType type : provenance.targeted(types, which(round))) {
            if (reach.isGathered(job, type)) {
                about.add(round.gathered(type, Part.PRESENT, null));
                about.add(round.gathered(type, Part.KNOWN, null).since(round.since()));
            } else {
                about.add(reach.rows(round.id(), job, type, What.RESOURCES));
            }
        }
        about.removeIf(query -> query.type().equals(ResourceType.PROVENANCE));
        return about;
    }

    private void addGone(Round round) {
        ExportJob job = round.job();
        Instant since = Objects.requireNonNull(round.since());
        for (ResourceType type : selected(round)) {
            gathering.add(round.attempt(), Part.GONE, reach.rows(round.id(), job, type, What.DELETIONS), 0);
        }
        for (ResourceType type : reach.gatheredTypes(job)) {
            if (round.companions().bringReferenced(type)) {
                RowQuery deleted = RowQuery.everything(type, job.transactionTime());
                gathering.add(round.attempt(), Part.GONE, deleted.since(since).giving(What.DELETIONS), 0);
            }
        }
        if (reach.gatheredTypes(job).contains(ResourceType.PROVENANCE)) {
            Collection<ResourceType> types =
                    round.companions().bringProvenance() ? reach.types(job) : reach.compartmentTypes();
            for (ResourceType type : provenance.targeted(types, which(round))) {
                provenance.addGone(round.attempt(), reach.compartment(round.id(), job, type), since, which(round));
            }
        }
    }
}
