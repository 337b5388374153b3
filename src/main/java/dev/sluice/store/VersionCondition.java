package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the current version of a resource for a write: it must be one of some versions, or none of them, as in
 * {@code If-Match} and {@code If-None-Match}.
 *
 * @param wanted whether the current version must be one of the versions
 * @param any whether every version of an existing resource matches, {@code *} in the header
 * @param versions their numbers
 */
public record VersionCondition(boolean wanted, boolean any, Set<Integer> versions) {
    /** The condition that always holds: an empty list of excluded versions. */
    public static final VersionCondition NONE = new VersionCondition(false, false, Set.of());

    public VersionCondition {
        versions = Set.copyOf(versions);
    }

    /**
     * Checks the condition.
     *
     * @throws NotMetException if the condition does not hold
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

    /** Thrown if the current version of a resource does not meet the condition of a write; nothing was written. */
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

        /** The number of the current version; 0 if the resource never existed. */
        public int current() {
            return current;
        }

        /** Whether the current version exists and is not a deletion. */
        public boolean exists() {
            return exists;
        }
    }
}
