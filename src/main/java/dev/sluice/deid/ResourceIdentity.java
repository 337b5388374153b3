package dev.sluice.deid;

import dev.sluice.rulepath.PathState;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a resource that is in no other one.
 *
 * @param key type and id as they are stored
 * @param stored the id as it is stored
 * @param written the id in the output; empty if it is removed
 * @param rank of the rule that makes the written id
 * @param patient the id by which all dates are shifted; null if that depends on the rule
 */
record ResourceIdentity(
        String key,
        String stored,
        String written,
        int rank,
        @Nullable String patient) {
    static final ResourceIdentity NONE = new ResourceIdentity("", "", "", PathState.NONE, null);

    /**
     * The id by which a rule of this rank shifts a date. As in Microsoft's engine it is the one that the outermost resource
     * has when the rule is applied.
     *
     * @param depth how many resources the date is in, but for the outermost one
     */
    String shiftId(int rankOfShift, int depth) {
        if (patient != null) {
            return patient;
        }
        return depth > 0 || rank < rankOfShift ? written : stored;
    }
}
