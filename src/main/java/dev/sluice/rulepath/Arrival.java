package dev.sluice.rulepath;

import dev.sluice.r4.ElementModel;
import dev.sluice.rulepath.PathState.Position;
import dev.sluice.rulepath.RulePath.NodesByName;
import dev.sluice.rulepath.RulePath.NodesByType;
import dev.sluice.rulepath.RulePath.OfType;
import dev.sluice.rulepath.RulePath.Step;
import dev.sluice.rulepath.RulePath.WhereExists;
import dev.sluice.rulepath.RulePath.WhereText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Finds out which paths end at an element, and which go on below it. For use by one thread, for one element. */
final class Arrival {
    private final Set<Position> waiting = new LinkedHashSet<>();
    private int match = PathState.NONE;
    private boolean conditional;

    private final List<RulePath> paths;
    private final ElementModel type;
    private final String name;
    private final Conditions conditions;

    /** @param name the name of the element in FHIRPath */
    Arrival(List<RulePath> paths, ElementModel type, String name, Conditions conditions) {
        this.paths = paths;
        this.type = type;
        this.name = name;
        this.conditions = conditions;
    }

    /** The paths that go on. */
    Set<Position> waiting() {
        return waiting;
    }

    /** The lowest rank of those that end here. */
    int match() {
        return match;
    }

    /** Whether that depends on conditions. */
    boolean isConditional() {
        return conditional;
    }

    /** A path that begins at this resource. */
    void addStart(Position position) {
        List<Step> steps = stepsOf(position);
        Step first = steps.isEmpty() ? null : steps.get(0);
        boolean belowOnly = (first instanceof NodesByType byType && byType.fromResource())
                || (first instanceof NodesByName byName && byName.fromResource());
        if (belowOnly) {
            waiting.add(position);
        } else {
            add(position);
        }
    }

    /** A path that has come here. */
    void add(Position position) {
        List<Step> steps = stepsOf(position);
        if (position.step() == steps.size()) {
            match = Math.min(match, position.rank());
            return;
        }
        Step step = steps.get(position.step());
        if (step instanceof OfType only) {
            addIf(type.is(only.type()), position);
        } else if (step instanceof WhereText || step instanceof WhereExists) {
            conditional = true;
            addIf(conditions.hold(step), position);
        } else {
            waiting.add(position);
            boolean selected = (step instanceof NodesByType byType && type.is(byType.type()))
                    || (step instanceof NodesByName byName && name.equals(byName.name()));
            addIf(selected, position);
        }
    }

    private void addIf(boolean condition, Position position) {
        if (condition) {
            add(new Position(position.path(), position.step() + 1, position.rank()));
        }
    }

    private List<Step> stepsOf(Position position) {
        return Objects.requireNonNull(paths.get(position.path()).steps());
    }
}
