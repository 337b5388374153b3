package dev.sluice.feed;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Defines feeds within what the operator permits, so that one client does not take all of them, or files for ever. */
@Component
class FeedLimits {
    /** Each process looks at the feeds that are due every second. */
    private static final int MOST_FEEDS = 1_000;

    private final FeedSettings settings;
    private final FeedRepository feeds;

    FeedLimits(FeedSettings settings, FeedRepository feeds) {
        this.settings = settings;
        this.feeds = feeds;
    }

    /**
     * Creates a feed, or changes it. Part of the caller's transaction if there is one.
     *
     * @param isNew whether no feed is changed
     * @param administrator whether the feed of another owner may be changed, and only the number of all feeds is limited
     * @return false if the feed exists and is not changed, or is not created, since there are too many
     */
    @Transactional
    public boolean put(Feed feed, boolean isNew, boolean administrator) {
        FeedDefinition definition = feed.definition();
        feeds.lockDefinitions();
        return feeds.put(
                        feed.name(),
                        feed.owner(),
                        String.join(" ", feed.scopes()),
                        feed.base(),
                        definition.export(),
                        definition.lenient(),
                        definition.cron(),
                        definition.zone(),
                        definition.retention().toSeconds(),
                        definition.snapshotEvery(),
                        definition.enabled(),
                        feed.dueAt(),
                        isNew,
                        administrator,
                        MOST_FEEDS,
                        mostOfOwner(administrator))
                == 1;
    }

    private int mostOfOwner(boolean administrator) {
        return administrator ? MOST_FEEDS : settings.maxPerClient();
    }

    /** How long files are kept at most that no follower needs. */
    Duration maxRetention() {
        return settings.maxRetention();
    }

    /** What a definition has that the operator does not permit. */
    List<Issue> faults(FeedDefinition definition) {
        List<Issue> faults = new ArrayList<>();
        if (definition.retention().compareTo(settings.maxRetention()) > 0) {
            faults.add(Issue.error(
                    "invalid",
                    "retention is " + definition.retentionText() + ", and the longest is "
                            + FeedDefinition.text(settings.maxRetention())
                            + " (sluice.feeds.max-retention); write a shorter one."));
        }
        if (definition.cadence().compareTo(settings.minInterval()) < 0) {
            faults.add(Issue.error(
                    "invalid",
                    "cron '" + definition.cron() + "' runs every " + FeedDefinition.text(definition.cadence())
                            + ", and the shortest time between two runs is "
                            + FeedDefinition.text(settings.minInterval())
                            + " (sluice.feeds.min-interval); write a schedule that runs less often."));
        }
        return faults;
    }

    /** The problem of a feed that was not created, since there are too many. */
    FhirException tooMany(String owner, boolean administrator) {
        int most = mostOfOwner(administrator);
        int own = feeds.countByOwner(owner);
        return FhirException.of(
                429,
                "too-costly",
                !administrator && own >= most
                        ? "The client has " + own + " feeds, and the limit is " + most
                                + " (sluice.feeds.max-per-client); delete one first."
                        : "The server has " + feeds.count() + " feeds, and the limit is " + MOST_FEEDS
                                + "; delete one first, or ask an administrator to do so.");
    }
}
