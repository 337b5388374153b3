package dev.sluice.rulepath;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Child;
import dev.sluice.r4.ElementModel.Kind;
import dev.sluice.rulepath.PathState.Position;
import dev.sluice.rulepath.PathState.Role;
import dev.sluice.rulepath.PathState.Transition;
import dev.sluice.rulepath.RulePath.AnyChild;
import dev.sluice.rulepath.RulePath.Descendants;
import dev.sluice.rulepath.RulePath.NodesByName;
import dev.sluice.rulepath.RulePath.NodesByType;
import dev.sluice.rulepath.RulePath.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The paths of all rules, followed at the same time from a resource to its elements. Its states are made when they are
 * first needed. Safe for use by any number of threads.
 */
public final class Automaton {
    /** Some 50 MB. States beyond it are made for each element again, which only a strange file can need. */
    private static final int MOST_POSITIONS = 2_000_000;

    private record StateKey(ElementModel type, Role role, int match, List<Position> waiting) {}

    private record InnerKey(PathState outer, int place, ResourceType type) {}

    private final List<RulePath> paths;
    private final Map<ResourceType, PathState> roots = new ConcurrentHashMap<>();
    private final Map<InnerKey, PathState> inner = new ConcurrentHashMap<>();
    private final Map<StateKey, PathState> states = new ConcurrentHashMap<>();
    private final AtomicInteger positions = new AtomicInteger();

    public Automaton(List<RulePath> paths) {
        this.paths = List.copyOf(paths);
    }

    /** The place in the list of the path of this rank, which is not {@link PathState#NONE}. */
    public int path(int rank) {
        return Math.floorMod(rank, paths.size());
    }

    /** A rank seen from a resource in that resource. */
    public int inward(int rank) {
        return rank == PathState.NONE ? rank : rank - paths.size();
    }

    /** The state of a resource that is in no other one. */
    public PathState root(ResourceType type, Conditions conditions) {
        PathState known = roots.get(type);
        if (known != null) {
            return known;
        }
        Arrival arrival = resource(type, List.of(), conditions);
        PathState made = state(ElementModel.of(type), Role.OTHER, arrival);
        if (!arrival.isConditional()) {
            roots.put(type, made);
        }
        return made;
    }

    /** What a field leads to; its place is that of the child in its type. */
    public Transition follow(PathState state, int place) {
        Transition known = state.transitions()[place];
        if (known == null) {
            known = transition(state, place);
            state.transitions()[place] = known;
        }
        return known;
    }

    /** The state of a resource in a resource. */
    public PathState enter(PathState outer, Transition transition, ResourceType type, Conditions conditions) {
        InnerKey key = new InnerKey(outer, transition.place(), type);
        PathState known = inner.get(key);
        if (known != null) {
            return known;
        }
        List<Position> arriving = advance(outer, transition.child(), type).stream()
                .map(position -> new Position(position.path(), position.step(), inward(position.rank())))
                .toList();
        Arrival arrival = resource(type, arriving, conditions);
        PathState made = state(ElementModel.of(type), Role.OTHER, arrival);
        if (!arrival.isConditional() && isRoom(1)) {
            inner.put(key, made);
        }
        return made;
    }

    /** The state of an element whose paths have conditions. */
    public PathState test(PathState parent, Transition transition, Conditions conditions) {
        PathState known = transition.answers().find(conditions);
        if (known != null) {
            return known;
        }
        Answers.Recorder recorder = new Answers.Recorder(conditions);
        Arrival arrival = arrive(transition.child(), transition.arriving(), recorder);
        PathState made = state(transition.child().type(), PathState.role(parent.type(), transition.child()), arrival);
        if (isRoom(recorder.size())) {
            transition.answers().add(recorder, made);
        }
        return made;
    }

    /** The state of a primitive child. */
    public PathState child(PathState parent, byte[] name, JsonTape tape, int node) {
        Transition transition = follow(parent, parent.type().find(name, 0, name.length) >> 1);
        PathState known = transition.target();
        return known != null
                ? known
                : test(
                        parent,
                        transition,
                        Conditions.of(tape, transition.child().type(), node, -1));
    }

    private Arrival resource(ResourceType type, List<Position> arriving, Conditions conditions) {
        Arrival arrival = new Arrival(paths, ElementModel.of(type), "", conditions);
        arriving.forEach(arrival::add);
        for (int path = 0; path < paths.size(); path++) {
            if (!paths.get(path).needsFhirPath() && paths.get(path).appliesTo(type.name())) {
                arrival.addStart(new Position(path, 0, path));
            }
        }
        return arrival;
    }

    private Transition transition(PathState state, int place) {
        Child child = state.type().children().get(place);
        if (child.type().kind() == Kind.RESOURCE) {
            return new Transition(place, child, null, List.of());
        }
        List<Position> arriving = advance(state, child, null);
        Arrival arrival = arrive(child, arriving, Conditions.NOT_TESTED);
        PathState target =
                arrival.isConditional() ? null : state(child.type(), PathState.role(state.type(), child), arrival);
        return new Transition(place, child, target, arriving);
    }

    /**
     * The paths that go on at a child.
     *
     * @param inner what the child is if it is a resource
     */
    private List<Position> advance(PathState state, Child child, @Nullable ResourceType inner) {
        List<Position> arriving = new ArrayList<>();
        for (Position position : state.waiting()) {
            Step step = next(position);
            Position further = new Position(position.path(), position.step() + 1, position.rank());
            boolean nodes = step instanceof NodesByType || step instanceof NodesByName;
            if (step instanceof Descendants || (nodes && inner == null)) {
                arriving.add(position);
            }
            boolean named =
                    step instanceof RulePath.Child wanted && wanted.name().equals(child.name());
            if (named
                    || step instanceof AnyChild
                    || step instanceof Descendants
                    || (inner != null && selects(step, child, inner))) {
                arriving.add(further);
            }
        }
        return arriving;
    }

    /** A path that begins with nodesByType or nodesByName also selects the resources in a resource, but not below them. */
    private static boolean selects(Step step, Child child, ResourceType type) {
        return (step instanceof NodesByType byType
                        && byType.fromResource()
                        && byType.type().equals(type.name()))
                || (step instanceof NodesByName byName
                        && byName.fromResource()
                        && byName.name().equals(child.name()));
    }

    private Step next(Position position) {
        return Objects.requireNonNull(paths.get(position.path()).steps()).get(position.step());
    }

    private Arrival arrive(Child child, List<Position> arriving, Conditions conditions) {
        Arrival arrival = new Arrival(paths, child.type(), child.name(), conditions);
        arriving.forEach(arrival::add);
        return arrival;
    }

    private PathState state(ElementModel type, Role role, Arrival arrival) {
        List<Position> waiting = List.copyOf(arrival.waiting());
        StateKey key = new StateKey(type, role, arrival.match(), waiting);
        PathState known = states.get(key);
        if (known != null) {
            return known;
        }
        PathState made = new PathState(type, role, arrival.match(), waiting);
        if (!isRoom(waiting.size() + type.children().size())) {
            return made;
        }
        PathState other = states.putIfAbsent(key, made);
        return other == null ? made : other;
    }

    private boolean isRoom(int more) {
        return positions.get() < MOST_POSITIONS && positions.addAndGet(more) < MOST_POSITIONS;
    }
}
