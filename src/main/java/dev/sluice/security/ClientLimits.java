package dev.sluice.security;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What limits a client beside its permissions.
 *
 * @param groups the ids of the Groups that it may read and export; null = every Group
 * @param containers the containers that it may name; null = every container
 * @param maxOpenJobs how many exports it may have open at a time; null = as many as the server takes
 * @param priority of its jobs
 */
public record ClientLimits(
        @Nullable Set<String> groups,
        @Nullable Set<String> containers,
        @Nullable Integer maxOpenJobs,
        JobPriority priority) {
    /** No limit. */
    public static final ClientLimits NONE = new ClientLimits(null, null, null, JobPriority.NORMAL);

    private static final String ANY = "*";

    /** Limits as they are written in settings, where {@code *} means any. */
    public static ClientLimits of(
            @Nullable Collection<String> groups,
            @Nullable Collection<String> containers,
            @Nullable Integer maxOpenJobs) {
        return new ClientLimits(names(groups), names(containers), maxOpenJobs, JobPriority.NORMAL);
    }

    /** The same limits for jobs of a priority; null = the normal one. */
    public ClientLimits with(@Nullable JobPriority given) {
        return new ClientLimits(groups, containers, maxOpenJobs, given == null ? JobPriority.NORMAL : given);
    }

    private static @Nullable Set<String> names(@Nullable Collection<String> given) {
        return given == null || given.contains(ANY) ? null : Set.copyOf(given);
    }

    public boolean allowsGroup(String id) {
        return groups == null || groups.contains(id);
    }

    public boolean allowsContainer(String name) {
        return containers == null || containers.contains(name);
    }
}
