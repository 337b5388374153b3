package dev.sluice.feed;

import dev.sluice.export.ExportService;
import dev.sluice.fhir.FhirException;
import dev.sluice.job.Job;
import dev.sluice.job.Jobs;
import dev.sluice.web.TooManyRequestsException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Starts the runs of feeds that are due, and records their ends. Each process has one; the database has each run be
 * started and ended once.
 */
@Component
class FeedScheduler {
    private static final Logger log = LoggerFactory.getLogger(FeedScheduler.class);

    private final FeedRepository feeds;
    private final FeedRunRepository open;
    private final FeedRuns runs;
    private final FeedStarter starter;
    private final Jobs jobs;

    FeedScheduler(FeedRepository feeds, FeedRunRepository open, FeedRuns runs, FeedStarter starter, Jobs jobs) {
        this.feeds = feeds;
        this.open = open;
        this.runs = runs;
        this.starter = starter;
        this.jobs = jobs;
    }

    /** One round of the runs. */
    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    void runFeeds() {
        try {
            List<Feed> due;
            do { // owners take turns: one that has many feeds does not put off those of others
                open.open().stream().map(FeedRunEntity::run).forEach(this::settle);
                due = feeds.due().stream().map(FeedEntity::feed).toList();
                due.forEach(this::start);
            } while (!due.isEmpty());
        } catch (RuntimeException e) {
            log.warn("The runs of feeds could not be looked at; it is tried again: {}", e.toString());
        }
    }

    /** One round of the files that are no longer needed. */
    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void eraseFiles() {
        try {
            runs.erase();
        } catch (RuntimeException e) {
            log.warn("The files of feeds could not be given up; it is tried again: {}", e.toString());
        }
    }

    /** One round of the times that the clock of the database no longer leads to. */
    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void correctTimes() {
        try {
            runs.correct();
        } catch (RuntimeException e) {
            log.warn("The times of feeds could not be checked; it is tried again: {}", e.toString());
        }
    }

    /** One round of the runs that are no longer shown. It reads all runs. */
    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.HOURS)
    void removeOld() {
        try {
            runs.removeOld();
        } catch (RuntimeException e) {
            log.warn("The old runs of feeds could not be removed; it is tried again: {}", e.toString());
        }
    }

    /** A run that another one is in the way of, or that the owner may not start, waits for the next time. */
    private void start(Feed feed) {
        if (feeds.claim(feed.name()) == 0) {
            return;
        }
        try {
            starter.startLink(feed, false);
        } catch (FhirException e) {
            if (e.status() == 409) {
                runs.schedule(feed);
            } else if (e.status() >= 500) {
                feeds.postpone(feed.name(), String.valueOf(e.getMessage()));
            } else {
                log.warn("Feed {} could not start: {}", feed.name(), e.getMessage());
                runs.failed(feed, String.valueOf(e.getMessage()));
            }
        } catch (TooManyRequestsException e) {
            feeds.postpone(feed.name(), String.valueOf(e.getBody().getDetail()));
        } catch (InterruptedIOException | RuntimeException e) {
            log.warn("Feed {} could not start; it is tried again in a minute.", feed.name(), e);
        }
    }

    private void settle(FeedRun run) {
        Optional<Feed> feed = feeds.findById(run.feed()).map(FeedEntity::feed);
        if (feed.isEmpty()) {
            return;
        }
        Job job = jobs.find(ExportService.KIND, String.valueOf(run.job())).orElse(null);
        if (job == null) {
            end(feed.get(), run, "The export was cancelled or deleted.");
        } else if (job.ending() != null) {
            end(feed.get(), run, job.ending().failure());
        }
    }

    private void end(Feed feed, FeedRun run, @Nullable String problem) {
        if (runs.ended(run, problem) && problem == null) {
            snapshot(feed);
        } else if (problem != null) {
            log.warn("Feed {}: the export {} has failed: {}", feed.name(), run.job(), problem);
        }
    }

    private void snapshot(Feed feed) {
        try {
            starter.startSnapshot(feed);
        } catch (FhirException e) {
            log.warn("Feed {} gets no new snapshot until its next run: {}", feed.name(), e.getMessage());
        } catch (TooManyRequestsException e) {
            log.warn(
                    "Feed {} gets no new snapshot until its next run: {}",
                    feed.name(),
                    e.getBody().getDetail());
        } catch (InterruptedIOException e) {
            log.warn("Feed {} gets no new snapshot until its next run", feed.name(), e);
        }
    }
}
