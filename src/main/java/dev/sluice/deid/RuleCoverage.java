package dev.sluice.deid;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementModel;
import dev.sluice.r4.IdentifyingElements;
import dev.sluice.r4.IdentifyingElements.Kind;
import dev.sluice.rulepath.Automaton;
import dev.sluice.rulepath.ElementWalk;
import dev.sluice.rulepath.PathState;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be told of rules without any resource: which never decide, and which elements that can hold an identifier are
 * covered by none. Immutable.
 *
 * @param idle the rules that decide about no element
 * @param gaps the elements that no rule is certain to cover, by their kinds
 */
public record RuleCoverage(List<Idle> idle, List<Gap> gaps) {
    /** 200 rules for all 146 types. */
    private static final int MOST_STARTS = 30_000;

    /** Rules of which one hides the next are told apart this often; of a file with more, less is known. */
    private static final int ROUNDS = 10;

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

    /**
     * What R4 allows in resources of these types. A rule that only an engine for FHIRPath understands covers nothing here.
     * Nothing is told of thousands of rules for many types, which would take minutes.
     */
    public static Optional<RuleCoverage> of(RuleFile file, Collection<ResourceType> types) {
        long starts = types.stream()
                .flatMap(
                        type -> file.rules().stream().filter(rule -> rule.path().appliesTo(type.name())))
                .count();
        return starts > MOST_STARTS ? Optional.empty() : Optional.of(told(file, types));
    }

    private static RuleCoverage told(RuleFile file, Collection<ResourceType> types) {
        Map<String, Gap> gaps = new HashMap<>();
        Collector collector = new Collector(file.rules(), gaps);
        types.forEach(collector::walk);
        return new RuleCoverage(
                idle(file, types, collector.deciding),
                gaps.values().stream()
                        .sorted(Comparator.comparing(Gap::kind).thenComparing(Gap::element))
                        .toList());
    }

    private static List<Idle> idle(RuleFile file, Collection<ResourceType> types, Set<Integer> deciding) {
        List<Rule> silent = file.rules().stream()
                .filter(rule ->
                        !deciding.contains(rule.number()) && !rule.path().needsFhirPath())
                .toList();
        Set<Integer> selecting = selecting(silent, types);
        return silent.stream()
                .filter(rule -> !selecting.contains(rule.number())
                        || !rule.path().hasConditions()) // of several, each may decide
                .map(rule -> new Idle(rule.number(), !selecting.contains(rule.number())))
                .toList();
    }

    /** The rules that would decide about something if others did not do so before them. */
    private static Set<Integer> selecting(List<Rule> rules, Collection<ResourceType> types) {
        Set<Integer> selecting = new HashSet<>();
        List<Rule> silent = rules;
        for (int round = 0; round < ROUNDS && !silent.isEmpty(); round++) {
            Collector collector = new Collector(silent, new HashMap<>());
            types.forEach(collector::walk);
            if (collector.deciding.isEmpty()) {
                return selecting;
            }
            selecting.addAll(collector.deciding);
            silent = silent.stream()
                    .filter(rule -> !selecting.contains(rule.number()))
                    .toList();
        }
        silent.forEach(rule -> selecting.add(rule.number())); // it is not known
        return selecting;
    }

    /** A method that does not fit an element leaves it as it is, and no later rule is asked. */
    private static boolean fits(Method method, String type) {
        return switch (method) {
            case DATE_SHIFT -> DATES.contains(type);
            case PERTURB -> NUMBERS.contains(type);
            default -> true;
        };
    }

    /** For use by one thread. */
    private static final class Collector implements ElementWalk.Visitor {
        private final Set<Integer> deciding = new HashSet<>();
        private final List<Rule> rules;
        private final Automaton automaton;
        private final Map<String, Gap> gaps;
        private String type = "";

        Collector(List<Rule> rules, Map<String, Gap> gaps) {
            this.rules = rules;
            this.automaton = new Automaton(rules.stream().map(Rule::path).toList());
            this.gaps = gaps;
        }

        void walk(ResourceType resource) {
            type = resource.name();
            ElementWalk.of(automaton, resource, this);
        }

        @Override
        public void element(String path, String element, ElementModel elementType, int rank) {
            boolean covered = rank != PathState.NONE && fits(rule(rank).method(), elementType.name());
            Kind kind = covered || elementType.kind() != ElementModel.Kind.PRIMITIVE
                    ? null
                    : IdentifyingElements.of(path, element, elementType.name());
            if (kind != null) {
                gaps.computeIfAbsent(element, e -> new Gap(e, kind, path, new TreeSet<>()))
                        .types()
                        .add(type);
            }
        }

        @Override
        public void decides(int rank) {
            deciding.add(rule(rank).number());
        }

        private Rule rule(int rank) {
            return rules.get(automaton.path(rank));
        }
    }
}
