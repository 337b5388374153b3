package dev.sluice.feed;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.export.ExportService.Started;
import dev.sluice.fhir.FhirException;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Changes feeds for the callers of requests: defines, enables, runs and deletes them. */
@Component
public class FeedChanges {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    /** Each process looks at the feeds that are due every second. */
    private static final int MOST_FEEDS = 1_000;

    private final Feeds feeds;
    private final FeedRepository rows;
    private final FeedRuns runs;
    private final FeedStarter starter;
    private final Audit audit;

    FeedChanges(Feeds feeds, FeedRepository rows, FeedRuns runs, FeedStarter starter, Audit audit) {
        this.feeds = feeds;
        this.rows = rows;
        this.runs = runs;
        this.starter = starter;
        this.audit = audit;
    }

    /**
     * Creates a feed, or replaces the definition of one. It belongs to the caller then, and its exports have the caller's
     * permissions; but if an administrator changes the feed of a client, it stays as it is in this.
     *
     * @param base the public base URL
     * @return whether it was created
     * @throws FhirException if the definition is not valid, or the owner may not start its export
     */
    public boolean put(String name, FeedDefinition definition, String base, HttpServletRequest request)
            throws InterruptedIOException {
        Caller caller = Caller.of(request);
        if (!NAME.matcher(name).matches()) {
            throw FhirException.invalid(
                    "The name of a feed has 1 to 63 lower-case letters, digits and hyphens, and begins"
                            + " with a letter.");
        }
        Optional<Feed> former = rows.findById(name).map(FeedEntity::feed);
        if (former.isEmpty() && rows.count() >= MOST_FEEDS) {
            throw FhirException.of(429, "too-costly", "There are " + MOST_FEEDS + " feeds; delete one first.");
        }
        Feed own = new Feed(
                name, caller.owner(), FeedOwners.scopes(caller), base, definition, runs.nextTime(definition), null);
        Feed feed = former.filter(known -> isOfAnotherClient(known, caller))
                .map(known -> own.ownedAs(known))
                .orElse(own);
        starter.check(feed);
        audit.record(request, changed(name, definition.export()), () -> {
            if (put(feed, Feeds.isAdministrator(caller)) == 0) {
                throw FhirException.of(409, "conflict", "The name '" + name + "' is in use; choose another name.");
            }
        });
        return former.isEmpty();
    }

    /** For an administrator; other callers may not change it. A feed of mode {@code open} belongs to no client. */
    private static boolean isOfAnotherClient(Feed feed, Caller caller) {
        return Feeds.isAdministrator(caller)
                && !feed.owner().isEmpty()
                && !feed.owner().equals(caller.owner());
    }

    private int put(Feed feed, boolean any) {
        FeedDefinition definition = feed.definition();
        return rows.put(
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
                any);
    }

    /** Has a feed run by its schedule or not. */
    public void enable(String name, boolean enabled, HttpServletRequest request) {
        Feed feed = feeds.find(name, Caller.of(request));
        audit.record(
                request,
                changed(name, enabled ? "enabled" : "disabled"),
                () -> rows.enable(name, enabled, runs.nextTime(feed.definition())));
    }

    /**
     * Starts a run at once.
     *
     * @param snapshot whether it begins a new chain with a snapshot, as if it were the first run
     * @throws FhirException if it cannot start, or another run has not ended
     */
    public Started run(String name, boolean snapshot, HttpServletRequest request) throws InterruptedIOException {
        Feed feed = feeds.find(name, Caller.of(request));
        audit.record(request, changed(name, "run"));
        return starter.startLink(feed, snapshot);
    }

    /** Deletes a feed with its files, and cancels its run. */
    public void delete(String name, HttpServletRequest request) {
        Feed feed = feeds.find(name, Caller.of(request));
        audit.record(request, Act.of(Activity.FEED_DELETED, name), () -> runs.delete(feed));
    }

    /** A filter has values of a search, so only the path of an export is recorded. */
    private static Act changed(String name, String detail) {
        return Act.of(Activity.FEED_CHANGED, name).with(detail.replaceFirst("\\?.*", ""));
    }
}
