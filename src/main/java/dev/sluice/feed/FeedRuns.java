package dev.sluice.feed;

import dev.sluice.export.ExportService;
import dev.sluice.fhir.FhirException;
import dev.sluice.job.Jobs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The changes of the runs of feeds, one transaction each. Of several processes, one makes a change. */
@Component
class FeedRuns {
    private static final Logger log = LoggerFactory.getLogger(FeedRuns.class);

    /** A client that reads a file meanwhile extends it. */
    private static final Duration BEFORE_ERASING = Duration.ofMinutes(1);

    /** See {@link FeedRepository#CLAIMED}. */
    private static final Duration CLAIMED = Duration.ofMinutes(1);

    /** So many runs of a feed can be seen for ever. */
    private static final int KEPT = 1_000;

    private final FeedRepository feeds;
    private final FeedRunRepository runs;
    private final FeedLimits limits;
    private final Jobs jobs;

    FeedRuns(FeedRepository feeds, FeedRunRepository runs, FeedLimits limits, Jobs jobs) {
        this.feeds = feeds;
        this.runs = runs;
        this.limits = limits;
        this.jobs = jobs;
    }

    /**
     * A run that is about to start.
     *
     * @param since the transaction time of the link before it; null for a snapshot
     * @param asOf the transaction time of the link whose state it exports again; null = now
     * @param content the hash of what it may hold
     */
    record NextRun(
            FeedRun.Kind kind,
            int chain,
            int number,
            @Nullable Instant since,
            @Nullable Instant asOf,
            String content) {
        /** Whether it adds a link, and is no newer snapshot of one that exists. */
        boolean isLink() {
            return asOf == null;
        }
    }

    /** The link that follows the latest one. */
    NextRun next(Feed feed, String content, boolean snapshot) {
        FeedRun latest = latest(feed.name()).orElse(null);
        if (latest == null) {
            return new NextRun(FeedRun.Kind.SNAPSHOT, 1, 1, null, null, content);
        }
        int number = latest.number() + 1;
        return snapshot || !content.equals(latest.content())
                ? new NextRun(FeedRun.Kind.SNAPSHOT, latest.chain() + 1, number, null, null, content)
                : new NextRun(FeedRun.Kind.DELTA, latest.chain(), number, latest.transactionTime(), null, content);
    }

    /** A snapshot of the state at the latest link, if there are so many deltas since the last snapshot; else empty. */
    Optional<NextRun> nextSnapshot(Feed feed, String content) {
        return latest(feed.name())
                .filter(latest -> content.equals(latest.content()) && needsSnapshot(feed, latest))
                .map(latest -> new NextRun(
                        FeedRun.Kind.SNAPSHOT,
                        latest.chain(),
                        latest.number(),
                        null,
                        latest.transactionTime(),
                        content));
    }

    private boolean needsSnapshot(Feed feed, FeedRun latest) {
        int last = runs.latestSnapshot(feed.name())
                .map(FeedRunEntity::run)
                .map(FeedRun::number)
                .orElse(0);
        return latest.number() - last >= feed.definition().snapshotEvery()
                && runs.open(feed.name()).stream()
                        .map(FeedRunEntity::run)
                        .noneMatch(run -> run.kind() == FeedRun.Kind.SNAPSHOT);
    }

    Optional<FeedRun> latest(String feed) {
        return runs.latest(feed).map(FeedRunEntity::run);
    }

    /** Whether no run of a feed is open. */
    boolean isIdle(Feed feed) {
        return runs.open(feed.name()).isEmpty();
    }

    /** Returns if no other run is in the way of this one; a 409 problem otherwise. */
    void requireFree(Feed feed, NextRun next) {
        for (FeedRunEntity row : runs.open(feed.name())) {
            FeedRun open = row.run();
            boolean opensChain = open.kind() == FeedRun.Kind.SNAPSHOT
                    && latest(feed.name()).map(FeedRun::chain).orElse(0) != open.chain();
            boolean opensAnother = next.kind() == FeedRun.Kind.SNAPSHOT && next.isLink();
            if (open.kind() == next.kind() || opensChain || opensAnother) {
                throw FhirException.of(
                        409,
                        "conflict",
                        "The run of the feed '" + feed.name() + "' with the export " + open.job()
                                + " has not ended; the next run exports what changed since.");
            }
        }
    }

    /** Records a run with its job, in the transaction that records the job. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void started(Feed feed, NextRun next, ExportService.Started export) {
        if (feeds.lock(feed.name()).isEmpty()) {
            throw Feeds.unknown(feed.name());
        }
        requireFree(feed, next);
        NextRun still = next.isLink()
                ? next(feed, next.content(), next.kind() == FeedRun.Kind.SNAPSHOT)
                : nextSnapshot(feed, next.content()).orElse(null);
        if (!next.equals(still)) {
            throw FhirException.of(409, "conflict", "Another process has started this run of '" + feed.name() + "'.");
        }
        jobs.publish(export.job());
        runs.insert(
                feed.name(),
                export.job(),
                next.kind().name(),
                next.chain(),
                next.number(),
                next.since(),
                export.transactionTime(),
                next.content());
        if (next.isLink()) {
            schedule(feed);
        }
    }

    /** Has a feed run by its schedule or not. */
    void enable(Feed feed, boolean enabled) {
        feeds.enable(feed.name(), enabled, nextTime(feed.definition()));
    }

    /** Has the next run be at the next time of the schedule; runs that were missed are not made up for. */
    void schedule(Feed feed) {
        feeds.schedule(feed.name(), nextTime(feed.definition()));
    }

    /** The time of the next run, by the clock that says when it is due: the run of this time is not due again. */
    Instant nextTime(FeedDefinition definition) {
        return definition.next(feeds.now());
    }

    /**
     * Has each feed run at the next time of its schedule if it would run later: the clock of the database was set back. A run
     * that is about to start, or waits for a minute, does so.
     */
    void correct() {
        Instant now = feeds.now();
        for (Feed feed :
                feeds.findAllByEnabledTrue().stream().map(FeedEntity::feed).toList()) {
            Instant next = feed.definition().next(now);
            Instant latest = next.isAfter(now.plus(CLAIMED)) ? next : now.plus(CLAIMED);
            if (feed.dueAt().isAfter(latest) && feeds.correct(feed.name(), next, feed.dueAt()) == 1) {
                log.info("Feed {} runs at {} and not at {}: the clock was set back.", feed.name(), next, feed.dueAt());
            }
        }
    }

    /** Records a run that could not start. */
    @Transactional
    public void failed(Feed feed, String problem) {
        if (feeds.lock(feed.name()).isPresent()) {
            FeedRun latest = latest(feed.name()).orElse(null);
            runs.insertFailed(
                    feed.name(),
                    (latest == null ? FeedRun.Kind.SNAPSHOT : FeedRun.Kind.DELTA).name(),
                    latest == null ? 1 : latest.chain(),
                    latest == null ? 1 : latest.number() + 1,
                    problem);
            feeds.report(feed.name(), problem);
            schedule(feed);
        }
    }

    /** Records the end of a run, and returns whether no other process was faster. */
    @Transactional
    public boolean ended(FeedRun run, @Nullable String problem) {
        FeedRun.Status status = problem == null ? FeedRun.Status.COMPLETED : FeedRun.Status.FAILED;
        boolean changed = runs.end(run.id(), status.name(), problem) == 1;
        if (changed) {
            if (problem != null || !isOfALink(run)) {
                feeds.report(run.feed(), problem);
            }
            if (problem != null && run.job() != null) {
                jobs.unpublish(run.job(), BEFORE_ERASING);
            }
        }
        return changed;
    }

    /** A snapshot of the state at a link. It says nothing of the run that was to follow that link. */
    private boolean isOfALink(FeedRun run) {
        return run.kind() == FeedRun.Kind.SNAPSHOT
                && runs.link(run.feed(), FeedRun.Kind.DELTA.name(), run.number())
                        .isPresent();
    }

    /** Removes the oldest runs that are neither links nor recent. */
    @Transactional
    public int removeOld() {
        return runs.removeOld(KEPT);
    }

    /** Gives up the files that no follower needs. */
    @Transactional
    public int erase() {
        List<UUID> erased = runs.erase(limits.maxRetention().toSeconds());
        erased.forEach(job -> jobs.unpublish(job, BEFORE_ERASING));
        return erased.size();
    }

    /**
     * Deletes a feed, with its files, and nothing else that its owner has. A run that has not ended is cancelled, also if it
     * is of a former owner.
     */
    @Transactional
    public void delete(Feed feed) {
        feeds.lock(feed.name());
        runs.jobs(feed.name()).forEach(job -> jobs.unpublish(job, BEFORE_ERASING));
        runs.open(feed.name()).stream()
                .map(FeedRunEntity::run)
                .map(open -> jobs.find(ExportService.KIND, String.valueOf(open.job())))
                .flatMap(Optional::stream)
                .forEach(job -> jobs.discard(ExportService.KIND, job.id().toString(), job.owner()));
        feeds.delete(feed.name());
    }
}
