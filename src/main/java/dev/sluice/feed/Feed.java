package dev.sluice.feed;

import java.time.Instant;
import java.util.List;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * A feed as it stands: an export that is repeated by a schedule.
 *
 * @param name names it on this server
 * @param owner the client whose permissions its exports have, as it is recorded with jobs
 * @param scopes the scopes of the owner when it last changed the feed
 * @param base the public base URL at that time
 * @param dueAt the time of the next run; while a process starts one, the time at which another process may do so
 * @param problem why the last run failed, or did not start; null = it did not
 */
public record Feed(
        String name,
        String owner,
        List<String> scopes,
        String base,
        FeedDefinition definition,
        Instant dueAt,
        @Nullable String problem) {
    public Feed {
        scopes = List.copyOf(scopes);
    }

    /** The same with an export that has no parameters. */
    Feed withoutData() {
        String path = StringUtils.substringBefore(definition.export(), "?");
        return new Feed(name, owner, scopes, base, definition.withExport(path), dueAt, problem);
    }

    /** The same with the owner and the export of another one, and what was recorded with the owner. */
    Feed ownedAs(Feed other) {
        FeedDefinition kept = definition.withExport(other.definition().export());
        return new Feed(name, other.owner(), other.scopes(), other.base(), kept, dueAt, problem);
    }
}
