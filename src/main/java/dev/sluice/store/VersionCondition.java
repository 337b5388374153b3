package dev.sluice.store;

import dev.sluice.fhir.FhirProblem;
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

    /** Makes sure that it holds; a 412 problem otherwise. */
    void check(ResourceKey key, @Nullable CurrentVersion current) {
        boolean exists = current != null && !current.deleted();
        boolean isOne = current != null
                && ((any && exists) || versions.contains(current.meta().versionId()));
        if (isOne == wanted) {
            return;
        }
        String asked = any
                ? "*"
                : versions.stream()
                        .sorted()
                        .map(String::valueOf)
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("");
        String is = current == null
                ? ", which is not there."
                : ", but version " + current.meta().versionId()
                        + (exists ? " is current." : " is current, and a deletion.");
        throw FhirProblem.of(
                412,
                "conflict",
                wanted
                        ? "If-Match asks for version " + asked + " of " + key + is
                                + " Read the resource again and repeat the change on that version."
                        : "If-None-Match: " + asked + " forbids to change " + key + is
                                + " Leave the header out to replace it.");
    }
}
