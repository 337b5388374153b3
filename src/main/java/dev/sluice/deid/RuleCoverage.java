package dev.sluice.deid;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.IdentifyingElements;
import dev.sluice.r4.IdentifyingElements.Kind;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.ElementWalk;
import dev.sluice.rulepath.PathState;
import dev.sluice.rulepath.RulePath;
import dev.sluice.rulepath.RulePath.WhereExists;
import dev.sluice.rulepath.RulePath.WhereText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be told of rules without any resource: which never decide, and which elements that can hold an identifier are
 * covered by none. Immutable.
 *
 * @param idle the rules that decide about no element
 * @param gaps the elements that no rule is certain to cover, most of their types first
 */
public record RuleCoverage(List<Idle> idle, List<Gap> gaps) {
    private static final Set<String> DATES = Set.of("date", "dateTime", "instant");
    private static final Set<String> NUMBERS = Set.of("decimal", "integer", "positiveInt", "unsignedInt");

    /**
     * A rule that decides about no element of the types.
     *
     * @param selectsNothing whether these types have no such element at all; else an earlier rule decides about each of them
     */
    public record Idle(int rule, boolean selectsNothing) {}

    /**
     * An element that can hold an identifier, and that no rule covers.
     *
     * @param element its name in its data type, such as {@code Annotation.text}, or in its resource
     * @param example one place where it is
     * @param types the names of the resource types that have it somewhere without a rule
     */
    public record Gap(String element, Kind kind, String example, Set<String> types) {}

    /** What R4 allows in resources of these types. A rule that only an engine for FHIRPath understands covers nothing here. */
    public static RuleCoverage of(RuleFile file, Collection<ResourceType> types) {
        Automaton automaton =
                new Automaton(file.rules().stream().map(Rule::path).toList());
        Set<Integer> deciding = new HashSet<>();
        Map<String, Gap> gaps = new LinkedHashMap<>();
        for (ResourceType type : types) {
            ElementWalk.of(automaton, type, new Collector(file.rules(), automaton, type, deciding, gaps));
        }
        List<Idle> idle = new ArrayList<>();
        for (Rule rule : file.rules()) {
            if (!deciding.contains(rule.number()) && rule.path().steps() != null) {
                boolean nothing = types.stream().noneMatch(type -> selects(rule, type));
                if (nothing || !isConditional(rule)) {
                    idle.add(new Idle(rule.number(), nothing));
                }
            }
        }
        return new RuleCoverage(List.copyOf(idle), List.copyOf(gaps.values()));
    }

    /** Whether a rule alone selects anything. */
    private static boolean selects(Rule rule, ResourceType type) {
        Set<Integer> deciding = new HashSet<>();
        if (rule.path().appliesTo(type.name())) {
            Automaton alone = new Automaton(List.of(rule.path()));
            ElementWalk.of(alone, type, new Collector(List.of(rule), alone, type, deciding, new LinkedHashMap<>()));
        }
        return !deciding.isEmpty();
    }

    /** A method that does not fit an element leaves it as it is, and no later rule is asked. */
    private static boolean fits(Method method, String type) {
        return switch (method) {
            case DATE_SHIFT -> DATES.contains(type);
            case PERTURB -> NUMBERS.contains(type);
            default -> true;
        };
    }

    /** Of several conditional rules for one element, each may decide. */
    private static boolean isConditional(Rule rule) {
        List<RulePath.Step> steps = rule.path().steps();
        return steps != null
                && steps.stream().anyMatch(step -> step instanceof WhereText || step instanceof WhereExists);
    }

    private record Collector(
            List<Rule> rules, Automaton automaton, ResourceType type, Set<Integer> deciding, Map<String, Gap> gaps)
            implements ElementWalk.Visitor {
        @Override
        public void element(String path, String element, ElementModel elementType, int rank) {
            boolean covered = rank != PathState.NONE
                    && fits(rules.get(automaton.path(rank)).method(), elementType.name());
            Kind kind = covered || elementType.kind() != ElementModel.Kind.PRIMITIVE
                    ? null
                    : IdentifyingElements.of(path, element, elementType.name());
            if (kind != null) {
                gaps.computeIfAbsent(element, e -> new Gap(e, kind, path, new TreeSet<>()))
                        .types()
                        .add(type.name());
            }
        }

        @Override
        public void decides(int rank) {
            deciding.add(automaton.path(rank) + 1);
        }
    }
}
