package dev.sluice.rulepath;

import dev.sluice.rulepath.RulePath.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states to which the conditions at one place lead. Which condition is asked next follows from the answers before it, so
 * these are remembered as a tree. Safe for use by any number of threads.
 */
final class Answers {
    private volatile @Nullable Node first;

    /** A condition, or a state if no condition is left. */
    private static final class Node {
        private final @Nullable Step condition;
        private final @Nullable PathState state;
        private volatile @Nullable Node yes;
        private volatile @Nullable Node no;

        Node(@Nullable Step condition, @Nullable PathState state) {
            this.condition = condition;
            this.state = state;
        }
    }

    /** Asks and remembers. For use by one thread. */
    static final class Recorder implements Conditions {
        private final Conditions conditions;
        private final List<Step> asked = new ArrayList<>();
        private final List<Boolean> answers = new ArrayList<>();

        Recorder(Conditions conditions) {
            this.conditions = conditions;
        }

        @Override
        public boolean hold(Step step) {
            boolean answer = conditions.hold(step);
            asked.add(step);
            answers.add(answer);
            return answer;
        }

        int size() {
            return asked.size();
        }
    }

    /** The state that is known for these conditions. */
    @Nullable
    PathState find(Conditions conditions) {
        Node node = first;
        while (node != null && node.condition != null) {
            node = conditions.hold(node.condition) ? node.yes : node.no;
        }
        return node == null ? null : node.state;
    }

    synchronized void add(Recorder recorder, PathState state) {
        Node node = first;
        if (node == null) {
            node = node(recorder, 0, state);
            first = node;
        }
        for (int i = 0; i < recorder.size(); i++) {
            boolean answer = recorder.answers.get(i);
            Node next = answer ? node.yes : node.no;
            if (next == null) {
                next = node(recorder, i + 1, state);
                if (answer) {
                    node.yes = next;
                } else {
                    node.no = next;
                }
            }
            node = next;
        }
    }

    private static Node node(Recorder recorder, int i, PathState state) {
        return i < recorder.size() ? new Node(recorder.asked.get(i), null) : new Node(null, state);
    }
}
