package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of the current version of a resource for a change to be made: that it is one of some versions, or none of
 * them, as {@code If-Match} and {@code If-None-Match} have it.
 *
 * @param wanted whether it must be one of them
 * @param any whether they are all versions of a resource that exists, {@code *} in the header
 * @param versions their numbers
 */
public record VersionCondition(boolean wanted, boolean any, Set<Integer> versions) {
    /** Holds always: the version must be none of no versions. */
    public static final VersionCondition NONE = new VersionCondition(false, false, Set.of());

    public VersionCondition {
        versions = Set.copyOf(versions);
    }

    /**
     * Makes sure that it holds.
     *
     * @throws NotMetException if it does not
     */
    void check(ResourceKey key, @Nullable CurrentVersion current) {
        boolean exists = current != null && !current.deleted();
        boolean isOne = current != null
                && ((any && exists) || versions.contains(current.meta().versionId()));
        if (isOne != wanted) {
            throw new NotMetException(
                    this, key, current == null ? 0 : current.meta().versionId(), exists);
        }
    }

    /** The current version of a resource is not what a change demands; nothing was written. */
    public static final class NotMetException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient VersionCondition condition;
        private final transient ResourceKey key;
        private final int current;
        private final boolean exists;

        NotMetException(VersionCondition condition, ResourceKey key, int current, boolean exists) {
            super("The current version of " + key + " is " + current + ", which " + condition + " does not allow.");
            this.condition = condition;
            this.key = key;
            this.current = current;
            this.exists = exists;
        }

        public VersionCondition condition() {
            return condition;
        }

        public ResourceKey key() {
            return key;
        }

        /** The number of the current version; 0 if there never was one. */
        public int current() {
            return current;
        }

        /** Whether the current version is a resource, and not a deletion. */
        public boolean exists() {
            return exists;
        }
    }
}
