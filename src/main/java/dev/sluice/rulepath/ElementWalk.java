package dev.sluice.rulepath;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import dev.sluice.r4.ElementModel.Kind;
import dev.sluice.r4.IdentifyingElements;
import dev.sluice.rulepath.PathState.Transition;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
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

    /**
     * What decides about all that is below an element.
     *
     * @param waiting the hash of the paths that go on: of many rules, the paths themselves would be too many to keep
     * @param ages whether numbers below the element are ages, which its type does not tell
     */
    private record Visited(ElementModel type, long waiting, int rank, boolean ages) {}

    /**
     * An element.
     *
     * @param element its path from the nearest data type on
     * @param rank of the rule that decides about it
     */
    private record Place(String path, String element, PathState state, int rank) {}

    private final Automaton automaton;
    private final Visitor visitor;
    private final Set<Visited> visited = new HashSet<>();
    private final Queue<Place> next = new ArrayDeque<>();

    private ElementWalk(Automaton automaton, Visitor visitor) {
        this.automaton = automaton;
        this.visitor = visitor;
    }

    /** Visits the elements of a resource, but not those of the resources in it; those with short paths first. */
    public static void of(Automaton automaton, ResourceType type, Visitor visitor) {
        ElementWalk walk = new ElementWalk(automaton, visitor);
        for (Conditions conditions : List.of(HELD, Conditions.NOT_TESTED)) {
            PathState root = automaton.root(type, conditions);
            walk.add(new Place(type.name(), type.name(), root, root.match()));
        }
        for (Place place = walk.next.poll(); place != null; place = walk.next.poll()) {
            walk.below(place);
        }
    }

    private void add(Place place) {
        if (place.rank() != PathState.NONE) {
            visitor.decides(place.rank());
        }
        PathState state = place.state();
        long waiting = state.waiting().hashCode() * 31L + state.waiting().size();
        if (visited.add(new Visited(state.type(), waiting, place.rank(), IdentifyingElements.isAge(place.path())))) {
            next.add(place);
        }
    }

    private void below(Place place) {
        PathState state = place.state();
        for (int child = 0; child < state.type().children().size(); child++) {
            Transition transition = automaton.follow(state, child);
            if (transition.child().type().kind() != Kind.RESOURCE) {
                child(place, transition);
            }
        }
    }

    private void child(Place parent, Transition transition) {
        Child child = transition.child();
        String path = parent.path() + "." + child.name();
        boolean elementId = child.name().equals("id") && parent.state().type().kind() != Kind.RESOURCE;
        String element = elementId ? IdentifyingElements.ELEMENT_ID : parent.element() + "." + child.name();
        String within = isBlock(child.type()) ? element : child.type().name();
        PathState target = transition.target();
        if (target == null) {
            PathState held = automaton.test(parent.state(), transition, HELD);
            add(new Place(path, within, held, Math.min(parent.rank(), held.match())));
            target = automaton.test(parent.state(), transition, Conditions.NOT_TESTED);
        }
        int rank = Math.min(parent.rank(), target.match());
        visitor.element(path, element, child.type(), rank);
        add(new Place(path, within, target, rank));
    }

    private static boolean isBlock(ElementModel type) {
        return type.name().equals("BackboneElement") || type.name().equals("Element");
    }
}
