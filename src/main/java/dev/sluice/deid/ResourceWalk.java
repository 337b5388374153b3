package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.ElementModel.Kind;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.Conditions;
import dev.sluice.rulepath.PathState;
import dev.sluice.rulepath.PathState.Transition;
import java.util.List;
import java.util.Optional;

/**
 * Goes through a resource once, and writes what the rules leave of it. Objects and arrays of which nothing remains are taken
 * back. For use by one thread.
 */
final class ResourceWalk {
    private static final byte[] TYPE = "resourceType".getBytes(UTF_8);
    private static final byte[] META = "meta".getBytes(UTF_8);

    private final List<Rule> rules;
    private final Automaton automaton;
    private final Deidentifier deidentifier;
    private final ValueWriter values;
    private final Selections selections;
    private final ResourceRun run;
    private final ArrayWriter arrays;
    private final Substitution substitution;
    private final JsonTape meta = new JsonTape();

    ResourceWalk(Deidentifier deidentifier, ResourceRun run) {
        this.deidentifier = deidentifier;
        this.rules = deidentifier.rules();
        this.automaton = deidentifier.automaton();
        this.values = deidentifier.values();
        this.selections = deidentifier.selections();
        this.run = run;
        this.arrays = new ArrayWriter(this, run);
        this.substitution = new Substitution(this, run);
    }

    /** The type of a resource; nothing if it has none of R4. */
    static Optional<ResourceType> typeOf(JsonTape tape, int node) {
        int type = tape.kind(node) == JsonTape.OBJECT ? tape.find(node, TYPE) : -1;
        return type < 0 || tape.kind(type) != JsonTape.STRING ? Optional.empty() : ResourceType.find(tape.text(type));
    }

    /**
     * Writes a resource, of which at least the type remains.
     *
     * @param contained whether it is in {@code contained}, where it gets no labels of its own
     */
    void resource(int node, ResourceType type, PathState state, boolean contained) {
        int outerLabels = run.labels(0);
        int rank = run.rank(node, state, PathState.NONE);
        requireForResource(rank);
        JsonOutput out = run.out();
        out.raw("{\"resourceType\":\"" + type.name() + '"');
        int afterType = out.size();
        int metaFrom = -1;
        int metaTo = -1;
        for (int field = node + 1;
                field < run.tape().next(node);
                field = run.tape().next(field + 1)) {
            int before = out.size();
            out.put(',');
            if (run.tape().is(field, TYPE) || !member(node, field, state, rank)) {
                out.truncate(before);
            } else if (run.tape().is(field, META)) {
                metaFrom = before + 2 + run.tape().end(field) - run.tape().start(field); // behind comma, name and colon
                metaTo = out.size();
            }
        }
        out.put('}');
        if (!contained && run.labels() != 0) {
            SecurityLabels.add(out, meta, run.labels(), afterType, metaFrom, metaTo);
        }
        run.labels(run.labels() | outerLabels);
    }

    /** Writes the members of an object that remain; returns whether there are any. */
    boolean object(int node, PathState state, int rank) {
        JsonOutput out = run.out();
        int before = out.size();
        out.put('{');
        int first = out.size();
        for (int field = node + 1;
                field < run.tape().next(node);
                field = run.tape().next(field + 1)) {
            int end = out.size();
            if (end != first) {
                out.put(',');
            }
            if (!member(node, field, state, rank)) {
                out.truncate(end);
            }
        }
        if (out.size() == first) {
            out.truncate(before);
            return false;
        }
        out.put('}');
        return true;
    }

    /** Writes a name with its value, if anything remains of that; returns whether it does. */
    private boolean member(int object, int field, PathState state, int rank) {
        int found = place(field, state);
        Transition transition = found < 0 ? null : automaton.follow(state, found >> 1);
        boolean list = transition != null && transition.child().list();
        if (transition == null || (!list && run.tape().kind(field + 1) == JsonTape.ARRAY)) {
            run.leftOut();
            return false;
        }
        boolean beside = (found & 1) != 0;
        run.in(object);
        if (list) {
            return arrays.write(new Field(object, field, beside, state, transition), rank);
        }
        int before = run.out().size();
        name(field);
        PathState target = transition.target();
        if (target == null && transition.child().type().kind() != Kind.RESOURCE) {
            int other = run.tape().find(object, transition.otherName(beside));
            target = test(state, transition, beside ? other : field + 1, beside ? field + 1 : other);
        }
        boolean remains = target == null
                ? inner(field + 1, state, transition)
                : beside ? beside(field + 1, target, rank) : element(field + 1, target, rank);
        if (!remains) {
            run.out().truncate(before);
        }
        return remains;
    }

    /** Writes what remains of an element; returns whether anything does. */
    boolean element(int node, PathState state, int inherited) {
        int rank = run.rank(node, state, inherited);
        Kind kind = state.type().kind();
        switch (run.tape().kind(node)) {
            case JsonTape.NULL -> {
                return false;
            }
            case JsonTape.STRING, JsonTape.WORD -> {
                if (kind == Kind.PRIMITIVE && state.type().hasKind(run.tape(), node)) {
                    return rank == PathState.NONE
                            ? ValueWriter.copy(run, node, state.type())
                            : values.write(run, node, state, rules.get(automaton.path(rank)), rank);
                }
            }
            case JsonTape.OBJECT -> {
                if (kind == Kind.COMPLEX) {
                    return complex(node, state, rank, inherited);
                }
            }
            default -> {
                // an array in an array
            }
        }
        run.leftOut();
        return false;
    }

    private boolean complex(int node, PathState state, int rank, int inherited) {
        if (rank < inherited) {
            Rule rule = rules.get(automaton.path(rank));
            if (rule.method() == Method.SUBSTITUTE) {
                return substitution.write(node, state, rule, rank);
            }
            if (rule.method() == Method.GENERALIZE) {
                throw DeidentificationException.notApplicable(
                        rule,
                        "generalize is for primitive values, not for a "
                                + state.type().name());
            }
        }
        return object(node, state, rank);
    }

    /** Writes what remains of the id and the extensions of a primitive value; returns whether anything does. */
    boolean beside(int node, PathState state, int inherited) {
        if (run.tape().kind(node) != JsonTape.OBJECT) {
            return false;
        }
        int rank = run.rank(node, state, inherited);
        if (rank < inherited) {
            Method method = rules.get(automaton.path(rank)).method();
            if (method == Method.SUBSTITUTE || method == Method.GENERALIZE) {
                return substitution.empty(node, state, rank);
            }
        }
        return object(node, state, rank);
    }

    /** Writes a resource that is in this one; returns whether it is one. */
    boolean inner(int node, PathState outer, Transition transition) {
        Optional<ResourceType> type = typeOf(run.tape(), node);
        if (type.isEmpty()) {
            run.leftOut();
            return false;
        }
        PathState state = automaton.enter(
                outer, transition, type.get(), Conditions.of(run.tape(), ElementModel.of(type.get()), node, -1));
        boolean contained = transition.child().name().equals("contained");
        ResourceRun.Identity outermost = run.identity();
        run.enter();
        run.select(selections, node, type.get());
        if (!contained) {
            deidentifier.identifyPatient(run, node, type.get());
        }
        resource(node, type.get(), state, contained);
        run.identify(outermost);
        run.leave();
        return true;
    }

    /** The state of an element whose paths have conditions. */
    PathState test(PathState parent, Transition transition, int node, int beside) {
        return automaton.test(
                parent, transition, Conditions.of(run.tape(), transition.child().type(), node, beside));
    }

    /** Twice the place of the child that a name means, and one more for the object beside it; negative if it means none. */
    int place(int field, PathState state) {
        return state.type().find(run.tape(), field);
    }

    Transition follow(PathState state, int place) {
        return automaton.follow(state, place);
    }

    /** Writes a name and its colon. */
    void name(int field) {
        run.out().put(run.tape().json(), run.tape().start(field), run.tape().end(field));
        run.out().put(':');
    }

    private void requireForResource(int rank) {
        if (rank != PathState.NONE) {
            Rule rule = rules.get(automaton.path(rank));
            if (rule.method() == Method.SUBSTITUTE || rule.method() == Method.GENERALIZE) {
                throw DeidentificationException.notApplicable(
                        rule, rule.method().text() + " is for elements, not for a whole resource");
            }
        }
    }
}
