package dev.sluice.rulepath;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import dev.sluice.r4.ElementModel.Kind;
import dev.sluice.r4.IdentifyingElements;
import dev.sluice.rulepath.PathState.Transition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Follows rules through all elements that a resource of one type can have. Elements at which all rules have come equally far
 * are visited once. For use by one thread.
 */
public final class ElementWalk {
    /** Receives the elements. */
    public interface Visitor {
        /**
         * An element, be it primitive or not.
         *
         * @param path the names in FHIRPath, from the type of the resource on
         * @param element the same from the nearest data type on, such as {@code Timing.repeat.timeOfDay}
         * @param rank that of the rule that decides if no condition of a rule holds; {@link PathState#NONE} if no rule does
         */
        void element(String path, String element, ElementModel type, int rank);

        /** A rule that decides in some element, at least if conditions hold. */
        void decides(int rank);
    }

    private static final Conditions HELD = step -> true;

    /** @param ages whether numbers below the element are ages, which its type does not tell */
    private record Visited(PathState state, int rank, boolean ages) {}

    private final Automaton automaton;
    private final Visitor visitor;
    private final Set<Visited> visited = new HashSet<>();

    private ElementWalk(Automaton automaton, Visitor visitor) {
        this.automaton = automaton;
        this.visitor = visitor;
    }

    /** Visits the elements of a resource, but not those of the resources in it. */
    public static void of(Automaton automaton, ResourceType type, Visitor visitor) {
        ElementWalk walk = new ElementWalk(automaton, visitor);
        for (Conditions conditions : List.of(HELD, Conditions.NOT_TESTED)) {
            PathState root = automaton.root(type, conditions);
            walk.at(type.name(), type.name(), root, root.match());
        }
    }

    private void at(String path, String element, PathState state, int rank) {
        if (rank != PathState.NONE) {
            visitor.decides(rank);
        }
        if (!visited.add(new Visited(state, rank, IdentifyingElements.isAge(path)))) {
            return;
        }
        for (int place = 0; place < state.type().children().size(); place++) {
            Transition transition = automaton.follow(state, place);
            Child child = transition.child();
            if (child.type().kind() != Kind.RESOURCE) {
                below(path + "." + child.name(), element + "." + child.name(), state, transition, rank);
            }
        }
    }

    private void below(String path, String element, PathState state, Transition transition, int inherited) {
        ElementModel type = transition.child().type();
        String within = isBlock(type) ? element : type.name();
        PathState target = transition.target();
        if (target == null) {
            PathState held = automaton.test(state, transition, HELD);
            at(path, within, held, Math.min(inherited, held.match()));
            target = automaton.test(state, transition, Conditions.NOT_TESTED);
        }
        int rank = Math.min(inherited, target.match());
        visitor.element(path, element, type, rank);
        at(path, within, target, rank);
    }

    private static boolean isBlock(ElementModel type) {
        return type.name().equals("BackboneElement") || type.name().equals("Element");
    }
}
