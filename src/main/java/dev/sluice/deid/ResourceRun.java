package dev.sluice.deid;

import dev.sluice.json.JsonTape;
import dev.sluice.rulepath.PathState;
import org.jspecify.annotations.Nullable;

/** What the de-identification of one resource has: its tokens, the output, and what was done so far. For use by one thread. */
final class ResourceRun {
    private final JsonTape tape = new JsonTape();
    private OutputBuffer out = new OutputBuffer();
    private RuleCounts counts = new RuleCounts();
    private int labels;
    private int depth;
    private ResourceIdentity identity = ResourceIdentity.NONE;

    /** The lowest rank of the rules by which FHIRPath selects a node, by the node; null if there are no such rules. */
    private int @Nullable [] selected;

    /** Starts with a resource, whose tokens are on the tape. */
    void begin(RuleCounts receiver) {
        out.clear();
        counts = receiver;
        labels = 0;
        depth = 0;
        identity = ResourceIdentity.NONE;
        selected = null;
    }

    JsonTape tape() {
        return tape;
    }

    OutputBuffer out() {
        return out;
    }

    /** Lets what follows be written elsewhere, and returns what it was written to before. */
    OutputBuffer writeTo(OutputBuffer other) {
        OutputBuffer before = out;
        out = other;
        return before;
    }

    /** The ids of the outermost resource. */
    ResourceIdentity identity() {
        return identity;
    }

    void identify(ResourceIdentity outermost) {
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
}
