package dev.sluice.monitor;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list.
 *
 * @param kinds the kinds, such as {@code export}; empty = all
 * @param states the states; empty = all
 * @param owner the client that the jobs belong to, as it is recorded with them; null = all clients
 * @param text a part of the id or of the request of the job, in any case; null = any
 * @param cursor from {@link JobPage#next}; null = the first page
 * @param count the largest number of jobs on a page
 */
public record JobQuery(
        Set<String> kinds,
        Set<JobState> states,
        @Nullable String owner,
        @Nullable String text,
        @Nullable String cursor,
        int count) {
    /** The largest page. */
    public static final int MOST = 200;

    public JobQuery {
        kinds = Set.copyOf(kinds);
        states = Set.copyOf(states);
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("The count is " + count + "; it must be from 1 to " + MOST + ".");
        }
    }

    /** The first page of all jobs. */
    public static JobQuery first(int count) {
        return new JobQuery(Set.of(), Set.of(), null, null, null, count);
    }
}
