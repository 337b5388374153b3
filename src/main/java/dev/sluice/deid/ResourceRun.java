package dev.sluice.deid;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.rulepath.PathState;
import org.jspecify.annotations.Nullable;

/** What the de-identification of one resource has: its tokens, the output, and what was done so far. For use by one thread. */
final class ResourceRun {
    private final JsonTape tape = new JsonTape();
    private JsonOutput out = new JsonOutput();
    private RuleCounts counts = new RuleCounts();
    private int labels;
    private int depth;
    private int object;
    private Identity identity = Identity.NONE;

    /** The lowest rank of the rules by which FHIRPath selects a node, by the node; null if there are no such rules. */
    private int @Nullable [] selected;

    /** Starts with a resource, whose tokens are on the tape. */
    void begin(RuleCounts receiver) {
        out.clear();
        counts = receiver;
        labels = 0;
        depth = 0;
        identity = Identity.NONE;
        selected = null;
    }

    /** Adds what rules select in a resource that need FHIRPath. */
    void select(Selections selections, int node, ResourceType type) {
        selected = selections.add(this, node, type, selected);
    }

    /** The object whose field is written. */
    int object() {
        return object;
    }

    void in(int other) {
        object = other;
    }

    JsonTape tape() {
        return tape;
    }

    JsonOutput out() {
        return out;
    }

    /** Lets what follows be written elsewhere, and returns what it was written to before. */
    JsonOutput writeTo(JsonOutput other) {
        JsonOutput before = out;
        out = other;
        return before;
    }

    /** The ids of the outermost resource. */
    Identity identity() {
        return identity;
    }

    void identify(Identity outermost) {
        identity = outermost;
    }

    /** How many resources the one that is being written is in. */
    int depth() {
        return depth;
    }

    void enter() {
        depth++;
    }

    void leave() {
        depth--;
    }

    /** The {@link SecurityLabels} of the resource that is being written, and of those in it. */
    int labels() {
        return labels;
    }

    /** Sets the labels, and returns those before. */
    int labels(int others) {
        int before = labels;
        labels = others;
        return before;
    }

    void changed(Rule rule, int label) {
        counts.add(rule.number());
        labels |= label;
    }

    /** Something that R4 does not define, and that therefore no rule can speak of, is left out. */
    void leftOut() {
        counts.add(RuleCounts.NOT_R4);
        labels |= SecurityLabels.REDACTED;
    }

    /** The rank of the rule for an element. */
    int rank(int node, PathState state, int inherited) {
        int rank = Math.min(inherited, state.match());
        return selected == null ? rank : Math.min(rank, selected[node]);
    }

    /**
     * The ids of a resource that is in no other one.
     *
     * @param key type and id as they are stored
     * @param stored the id as it is stored
     * @param written the id in the output; empty if it is removed
     * @param rank of the rule that makes the written id
     * @param patient the id by which all dates are shifted; null if that depends on the rule
     */
    record Identity(
            String key,
            String stored,
            String written,
            int rank,
            @Nullable String patient) {
        static final Identity NONE = new Identity("", "", "", PathState.NONE, null);

        /** The same resource, of whose patient the dates are. */
        Identity with(String id) {
            return new Identity(key, stored, written, rank, id);
        }

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
}
