package dev.sluice.feed;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.export.ExportService.Started;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Changes feeds for the callers of requests: defines, enables, runs and deletes them. */
@Component
public class FeedChanges {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private final Feeds feeds;
    private final FeedRuns runs;
    private final FeedStarter starter;
    private final FeedLimits limits;
    private final Audit audit;

    FeedChanges(Feeds feeds, FeedRuns runs, FeedStarter starter, FeedLimits limits, Audit audit) {
        this.feeds = feeds;
        this.runs = runs;
        this.starter = starter;
        this.limits = limits;
        this.audit = audit;
    }

    /**
     * Creates a feed, or replaces the definition of one. It belongs to the caller then, and its exports have the caller's
     * permissions; but if an administrator changes the feed of a client, it stays as it is in this, and its export too.
     *
     * @param isNew whether a feed of this name must not exist
     * @param base the public base URL
     * @return whether it was created
     * @throws FhirException with all faults if the definition is not valid; if the owner may not start its export; 412 if the
     *     feed exists and must not; 429 if the owner has too many
     */
    public boolean put(
            String name, boolean isNew, FeedDefinition.Parsed parsed, String base, HttpServletRequest request)
            throws InterruptedIOException {
        Caller caller = Caller.of(request);
        FeedDefinition definition = parsed.definition();
        Optional<Feed> former = feeds.find(name);
        Feed own = new Feed(
                name, caller.owner(), FeedOwners.scopes(caller), base, definition, runs.nextTime(definition), null);
        Feed others = former.filter(known -> isOfAnotherClient(known, caller)).orElse(null);
        if (others != null) {
            requireSameExport(others, parsed);
        }
        Feed feed = others == null ? own : own.ownedAs(others);
        requireValid(feed, parsed);
        boolean administrator = Feeds.isAdministrator(caller);
        audit.record(request, changed(name, definition.export()), () -> {
            if (!limits.put(feed, isNew, administrator)) {
                throw feeds.find(name).isEmpty() ? limits.tooMany(feed.owner(), administrator) : exists(name, isNew);
            }
        });
        return former.isEmpty();
    }

    private static FhirException exists(String name, boolean isNew) {
        return isNew
                ? FhirException.of(
                        412,
                        "conflict",
                        "A feed of the name '" + name
                                + "' exists, and would be replaced; choose another name, or change that feed.")
                : FhirException.of(409, "conflict", "The name '" + name + "' is in use; choose another name.");
    }

    /** Throws all that is wrong with a definition, so that a client need not ask again and again. */
    private void requireValid(Feed feed, FeedDefinition.Parsed parsed) throws InterruptedIOException {
        List<Issue> faults = new ArrayList<>();
        if (!NAME.matcher(feed.name()).matches()) {
            faults.add(
                    Issue.error(
                            "invalid",
                            "The name of a feed has 1 to 63 lower-case letters, digits and hyphens, and begins with a letter."));
        }
        faults.addAll(parsed.faults());
        if (parsed.faults().isEmpty()) {
            faults.addAll(limits.faults(parsed.definition()));
        }
        if (parsed.export()) {
            try {
                starter.check(feed);
            } catch (FhirException e) {
                if (e.status() != 400 && faults.isEmpty()) {
                    throw e;
                }
                faults.addAll(e.issues());
            }
        }
        if (!faults.isEmpty()) {
            throw new FhirException(400, faults);
        }
    }

    /** For an administrator; other callers may not change it. */
    private static boolean isOfAnotherClient(Feed feed, Caller caller) {
        return Feeds.isAdministrator(caller) && Feeds.isOfAnother(feed, caller);
    }

    /** Who does not see the parameters of an export cannot say what they should be; those that are stored are kept. */
    private static void requireSameExport(Feed feed, FeedDefinition.Parsed parsed) {
        String shown = feed.withoutData().definition().export();
        if (parsed.export() && !parsed.definition().export().equals(shown)) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "The export of the feed '" + feed.name() + "' belongs to another client, which alone can change it."
                            + " Write '" + shown
                            + "' as export, which keeps it, or delete the feed and define your own.");
        }
    }

    /** Has a feed run by its schedule or not. */
    public void enable(String name, boolean enabled, HttpServletRequest request) {
        Feed feed = feeds.find(name, Caller.of(request));
        audit.record(request, changed(name, enabled ? "enabled" : "disabled"), () -> runs.enable(feed, enabled));
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
