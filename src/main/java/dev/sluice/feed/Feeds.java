package dev.sluice.feed;

import dev.sluice.fhir.FhirException;
import dev.sluice.security.Caller;
import dev.sluice.security.Operation;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Finds feeds and their runs for callers. The feed of another client does not exist to a caller who is not an
 * administrator.
 */
@Component
public class Feeds {
    private static final int MOST_RUNS = 1_000;

    private final FeedRepository feeds;
    private final FeedRunRepository runs;

    Feeds(FeedRepository feeds, FeedRunRepository runs) {
        this.feeds = feeds;
        this.runs = runs;
    }

    /** The feeds that a caller may see, by name. */
    public List<Feed> list(Caller caller) {
        List<FeedEntity> rows = isAdministrator(caller)
                ? feeds.findAllByOrderByName()
                : feeds.findAllByOwnerOrderByName(caller.owner());
        return rows.stream().map(FeedEntity::feed).toList();
    }

    /** The feed of this name, whoever has it. */
    Optional<Feed> find(String name) {
        return feeds.findById(name).map(FeedEntity::feed);
    }

    /** The feed of this name, which the caller may change too; a 404 problem if it does not exist to the caller. */
    public Feed find(String name, Caller caller) {
        return find(name)
                .filter(feed -> isAdministrator(caller) || feed.owner().equals(caller.owner()))
                .orElseThrow(() -> unknown(name));
    }

    /**
     * A feed as a caller may see it: that of another client has its export without parameters, whose values may be data of
     * patients. A feed of mode {@code open} belongs to nobody.
     */
    public Feed shown(Feed feed, Caller caller) {
        return isOfAnother(feed, caller) ? feed.withoutData() : feed;
    }

    static boolean isOfAnother(Feed feed, Caller caller) {
        return !feed.owner().isEmpty() && !feed.owner().equals(caller.owner());
    }

    /**
     * The runs of a feed, the latest first.
     *
     * @param before only runs with lower ids
     * @param count so many at most, up to 1,000
     */
    public List<FeedRun> runs(Feed feed, long before, int count) {
        return runs.findBefore(feed.name(), before, Math.max(1, Math.min(count, MOST_RUNS))).stream()
                .map(FeedRunEntity::run)
                .toList();
    }

    static boolean isAdministrator(Caller caller) {
        return caller.permissions().allow(Operation.ADMINISTER);
    }

    static FhirException unknown(String name) {
        return FhirException.notFound("The feed '" + name + "' does not exist.");
    }
}
