package dev.sluice.rulepath;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.FhirPath;
import java.util.List;
import java.util.stream.IntStream;

/** Tells which path decides about the id of a resource of which nothing else is known. For use by one thread. */
public final class IdDecisions {
    /** No path. */
    public static final int NONE = PathState.NONE;

    private static final String ID = "id";
    private static final byte[] ID_NAME = ID.getBytes(UTF_8);
    private static final Conditions ALL_HOLD = step -> true;

    private final List<RulePath> paths;
    private final Automaton automaton;

    /** Those in FHIRPath that may select the id of a resource, or all of it, as far as that can be told. */
    private final List<Integer> byFhirPath;

    public IdDecisions(List<RulePath> paths) {
        this.paths = List.copyOf(paths);
        this.automaton = new Automaton(paths);
        this.byFhirPath = IntStream.range(0, paths.size())
                .filter(path -> paths.get(path).needsFhirPath())
                .filter(path ->
                        ID.equals(FhirPath.branch(paths.get(path).expression()).orElse(ID)))
                .boxed()
                .toList();
    }

    /** The first path that selects the id, or the resource, whatever is in the resource; or {@link #NONE}. */
    public int certain(ResourceType type) {
        return first(type, Conditions.NOT_TESTED);
    }

    /** The first path that selects one of these in some resource; or {@link #NONE}. */
    public int possible(ResourceType type) {
        return byFhirPath.stream()
                .filter(path -> paths.get(path).appliesTo(type.name()))
                .reduce(first(type, ALL_HOLD), Math::min);
    }

    private int first(ResourceType type, Conditions conditions) {
        PathState root = automaton.root(type, conditions);
        PathState.Transition toId = automaton.follow(root, root.type().find(ID_NAME, 0, ID_NAME.length) >> 1);
        PathState target = toId.target();
        PathState id = target == null ? automaton.test(root, toId, conditions) : target;
        return Math.min(root.match(), id.match());
    }
}
