package dev.sluice.deid;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.FhirPathResource;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.PathState;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules select whose paths need FHIRPath. A resource of their types is parsed once for all of them; other resources cost
 * nothing. Immutable.
 */
final class Selections {
    /** Its objects and texts take many times the memory. */
    private static final int LARGEST = 4 << 20;

    private final List<Rule> rules;
    private final Automaton automaton;

    /** @param rules of which those are used that need FHIRPath */
    Selections(List<Rule> rules, Automaton automaton) {
        this.rules = rules.stream().filter(rule -> rule.path().needsFhirPath()).toList();
        this.automaton = automaton;
    }

    /**
     * Adds the rules that apply to a resource.
     *
     * @param known the lowest rank of a rule by the node, as the resources around this one have it; null if there is none
     * @return the same for this resource
     */
    int @Nullable [] add(ResourceRun run, int node, ResourceType type, int @Nullable [] known) {
        if (known != null) {
            for (int inner = node; inner < run.tape().next(node); inner++) {
                known[inner] = automaton.inward(known[inner]);
            }
        }
        List<Rule> own = rules.stream()
                .filter(rule -> rule.path().appliesTo(type.name()))
                .toList();
        if (own.isEmpty()) {
            return known;
        }
        if (run.tape().end(node) - run.tape().start(node) > LARGEST) {
            throw DeidentificationException.processing(own.get(0), "it is larger than 4 MB, too large for FHIRPath");
        }
        int[] ranks = known == null ? none(run.tape().size()) : known;
        FhirPathResource resource = read(run, node, type, own.get(0));
        for (Rule rule : own) {
            try {
                resource.select(
                        rule.path().expression(),
                        selected -> ranks[selected] = Math.min(ranks[selected], rule.number() - 1));
            } catch (IllegalArgumentException e) {
                throw DeidentificationException.processing(rule, String.valueOf(e.getMessage()));
            }
        }
        return ranks;
    }

    private static int[] none(int size) {
        int[] ranks = new int[size];
        Arrays.fill(ranks, PathState.NONE);
        return ranks;
    }

    private static FhirPathResource read(ResourceRun run, int node, ResourceType type, Rule rule) {
        try {
            return FhirPathResource.read(run.tape(), node, type);
        } catch (IllegalArgumentException e) {
            throw DeidentificationException.processing(rule, String.valueOf(e.getMessage()));
        }
    }
}
