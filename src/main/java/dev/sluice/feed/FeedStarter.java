package dev.sluice.feed;

import dev.sluice.audit.Actor;
import dev.sluice.audit.Audit;
import dev.sluice.export.ExportService;
import dev.sluice.export.ExportService.RepeatedExport;
import dev.sluice.export.ExportService.Started;
import dev.sluice.feed.FeedRuns.NextRun;
import dev.sluice.fhir.FhirException;
import dev.sluice.json.MemoryBudget;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Starts the runs of feeds, by the permissions of their owners. */
@Component
class FeedStarter {
    private static final Logger log = LoggerFactory.getLogger(FeedStarter.class);

    private final FeedOwners owners;
    private final FeedRuns runs;
    private final ExportService exports;
    private final Audit audit;
    private final MemoryBudget memory;

    FeedStarter(FeedOwners owners, FeedRuns runs, ExportService exports, Audit audit, MemoryBudget memory) {
        this.owners = owners;
        this.runs = runs;
        this.exports = exports;
        this.audit = audit;
        this.memory = memory;
    }

    /** Returns if the owner of a feed could start its snapshots and deltas at this time; throws the problem otherwise. */
    void check(Feed feed) throws InterruptedIOException {
        try (MemoryBudget.Claim claim = memory.claim()) {
            RepeatedExport export = owners.export(feed);
            exports.check(export, claim);
            exports.checkChanges(export);
        }
    }

    /**
     * Starts the next link of a feed: a delta, or a snapshot if there is no link that a delta could follow.
     *
     * @param snapshot whether it is a snapshot in any case
     * @throws FhirException if it cannot start at this time
     */
    Started startLink(Feed feed, boolean snapshot) throws InterruptedIOException {
        try (MemoryBudget.Claim claim = memory.claim()) {
            RepeatedExport export = owners.export(feed);
            if (runs.isIdle(feed)) { // before its rules are read, which takes time
                exports.requireFewOpen(export.caller());
            }
            NextRun next = runs.next(feed, exports.check(export, claim), snapshot);
            runs.requireFree(feed, next);
            return start(feed, export, next, claim);
        }
    }

    /**
     * Starts a snapshot of the state at the latest link if the chain has become long. Tables need none: they have that
     * state, or a later one.
     */
    Optional<Started> startSnapshot(Feed feed) throws InterruptedIOException {
        try (MemoryBudget.Claim claim = memory.claim()) {
            RepeatedExport export = owners.export(feed);
            if (exports.commitsToTables(export)) {
                return Optional.empty();
            }
            Optional<NextRun> next = runs.nextSnapshot(feed, exports.check(export, claim));
            return next.isEmpty() ? Optional.empty() : Optional.of(start(feed, export, next.get(), claim));
        }
    }

    private Started start(Feed feed, RepeatedExport export, NextRun next, MemoryBudget.Claim claim)
            throws InterruptedIOException {
        Started started = exports.start(
                export,
                next.since(),
                next.asOf(),
                claim,
                act -> audit.record(Actor.owner(feed.owner()), act.with(act.detail() + "; feed " + feed.name())),
                recorded -> runs.started(feed, next, recorded));
        log.atInfo()
                .addKeyValue("sluice.feed", feed.name())
                .addKeyValue("sluice.job", started.job())
                .log(
                        "Feed {}: {} {} has started as export {}.",
                        feed.name(),
                        next.kind() == FeedRun.Kind.DELTA ? "delta" : "snapshot",
                        next.number(),
                        started.job());
        return started;
    }
}
