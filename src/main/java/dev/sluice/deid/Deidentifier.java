package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.PatientOfResource;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.Conditions;
import dev.sluice.rulepath.PathState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Applies compiled rules to resources. Safe for use by any number of threads. */
public final class Deidentifier {
    private static final byte[] ID = "id".getBytes(UTF_8);

    /** Deeper ones could exhaust the stack. R4's own examples hardly reach 20. */
    private static final int DEEPEST = 500;

    private final List<Rule> rules;
    private final Automaton automaton;
    private final ValueWriter values;
    private final Selections selections;
    private final boolean skipsFaults;
    private final boolean shiftsPerPatient;

    /** Those that no thread uses now. There are as many as threads have used at the same time. */
    private final Queue<ResourceRun> idle = new ConcurrentLinkedQueue<>();

    private Deidentifier(RuleFile file, ValueMethods methods) {
        this.rules = file.rules();
        this.automaton = new Automaton(rules.stream().map(Rule::path).toList());
        this.values = new ValueWriter(methods);
        this.selections = new Selections(rules, automaton);
        this.skipsFaults = file.skipsFaults();
        this.shiftsPerPatient = file.parameters().shiftPerPatient();
    }

    /**
     * Prepares the rules for use.
     *
     * @param today the day at which ages are counted, the same for all files of an export
     */
    public static Deidentifier of(RuleFile rules, DeidKeys keys, LocalDate today) {
        return of(rules, keys, today, DeidServices.NONE);
    }

    /**
     * Prepares rules that may use services.
     *
     * @param today the day at which ages are counted, the same for all files of an export
     * @throws InvalidRulesException if they need a service that does not exist
     */
    public static Deidentifier of(RuleFile rules, DeidKeys keys, LocalDate today, DeidServices services) {
        services.requireFor(rules);
        return new Deidentifier(rules, new ValueMethods(rules, keys, today, services));
    }

    /**
     * The de-identified form of a stored resource, without a newline. The argument is not changed.
     *
     * @throws DeidentificationException if a rule cannot be applied to it, and the rules do not skip that
     */
    public ByteBuffer apply(byte[] buffer, int offset, int length, RuleCounts counts) {
        ByteArrayOutputStream result = new ByteArrayOutputStream(length);
        apply(buffer, offset, length, counts, result::write);
        return ByteBuffer.wrap(result.toByteArray());
    }

    /** The same, in parts. Nothing is given to the receiver if a rule cannot be applied. */
    public void apply(byte[] buffer, int offset, int length, RuleCounts counts, JsonOutput.Receiver receiver) {
        ResourceRun known = idle.poll();
        ResourceRun run = known == null ? new ResourceRun() : known;
        apply(run, buffer, offset, length, counts).take(receiver);
        run.tape().clear();
        idle.add(run);
    }

    /** The id that a resource has in the output; null if the rules remove it. */
    public @Nullable String id(ResourceType type, String id) {
        byte[] resource = ("{\"resourceType\":\"" + type.name() + "\",\"id\":\"" + id + "\"}").getBytes(UTF_8);
        ByteBuffer result = apply(resource, 0, resource.length, new RuleCounts());
        JsonTape tape = new JsonTape();
        tape.read(result.array(), result.arrayOffset(), result.limit());
        int node = tape.find(0, ID);
        return node < 0 ? null : tape.text(node);
    }

    List<Rule> rules() {
        return rules;
    }

    Automaton automaton() {
        return automaton;
    }

    ValueWriter values() {
        return values;
    }

    Selections selections() {
        return selections;
    }

    private JsonOutput apply(ResourceRun run, byte[] buffer, int offset, int length, RuleCounts counts) {
        ResourceType type = null;
        try {
            read(run.tape(), buffer, offset, length);
            type = ResourceWalk.typeOf(run.tape(), 0)
                    .orElseThrow(() -> DeidentificationException.unreadable("it has no type of R4"));
            if (run.tape().deepest() > DEEPEST) {
                throw DeidentificationException.unreadable("it is nested deeper than " + DEEPEST + " levels");
            }
            PathState state = automaton.root(type, Conditions.of(run.tape(), ElementModel.of(type), 0, -1));
            run.begin(counts);
            run.select(selections, 0, type);
            identify(run, type, state);
            new ResourceWalk(this, run).resource(0, type, state, false);
            return run.out();
        } catch (DeidentificationException e) {
            if (!skipsFaults || !e.isProcessing() || type == null) {
                throw e;
            }
            counts.addEmptied();
            return emptied(type);
        }
    }

    private static void read(JsonTape tape, byte[] buffer, int offset, int length) {
        try {
            tape.read(buffer, offset, length);
        } catch (IllegalArgumentException e) {
            throw DeidentificationException.unreadable("it is not valid JSON");
        }
    }

    /** Dates are shifted by the id that the resource has before or after its own rule. */
    private void identify(ResourceRun run, ResourceType type, PathState state) {
        int id = run.tape().find(0, ID);
        if (id >= 0 && run.tape().kind(id) == JsonTape.STRING) {
            PathState idState = automaton.child(state, ID, run.tape(), id);
            int rank = run.rank(id, idState, run.rank(0, state, PathState.NONE));
            String stored = run.tape().text(id);
            String written =
                    rank == PathState.NONE ? stored : values.id(stored, idState, rules.get(automaton.path(rank)));
            run.identify(new ResourceRun.Identity(type.name() + "/" + stored, stored, written, rank, null));
        }
        identifyPatient(run, 0, type);
    }

    /** The dates in a resource are shifted by its patient, if the rules want that and it has one. */
    void identifyPatient(ResourceRun run, int node, ResourceType type) {
        String patient = shiftsPerPatient ? PatientOfResource.find(run.tape(), node, type) : null;
        if (patient != null) {
            run.identify(run.identity().with(patient));
        }
    }

    /** All that remains of a resource that cannot be de-identified. */
    private static JsonOutput emptied(ResourceType type) {
        JsonOutput out = new JsonOutput();
        out.raw("{\"resourceType\":\"" + type.name() + '"');
        int afterType = out.size();
        out.put('}');
        SecurityLabels.add(out, new JsonTape(), SecurityLabels.REDACTED, afterType, -1, -1);
        return out;
    }
}
