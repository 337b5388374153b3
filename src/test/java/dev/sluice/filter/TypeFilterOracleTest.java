package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceType;
import dev.sluice.match.IndexPredicate;
import dev.sluice.match.IndexTerm;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.SearchParamType;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.StoreInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.hl7.fhir.instance.model.api.IBase;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whole queries against an oracle: HAPI's FHIRPath engine finds the elements in resources that HAPI parsed, and R4's
 * rules are applied to them once more, simply. Each query is made of a value in the data.
 */
class TypeFilterOracleTest {
    private static final long SEED = 20_260_102;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final int OF_A_PARAMETER = 5;

    private final SearchParameters parameters = new SearchParameters();
    private final TypeFilterParser parser = new TypeFilterParser(parameters, ReferenceAsks.OWN::equals);
    private final CompositeOracle composites = new CompositeOracle(parameters);
    private final Random random = new Random(SEED);
    private final Set<String> asked = new HashSet<>();
    private final Set<String> silent = new TreeSet<>();
    private final List<String> differences = new ArrayList<>();
    private final TokenIndex codeIndex = new TokenIndex(parameters);
    private final PatientCompartment compartment = new PatientCompartment(parameters);
    private final FilterIndex index =
            new FilterIndex(codeIndex, compartment, new StoreInfo(new SimpleDriverDataSource()));
    private final Map<Class<?>, Integer> terms = new HashMap<>();
    private int taken;

    @Test
    void everyParameterTakesOfGeneratedResourcesWhatTheOracleTakes() {
        askAll(Pool.generated(parameters, SEED, 3), OF_A_PARAMETER);

        assertThat(asked).hasSizeGreaterThan(15_000);
        assertThat(taken).as("resources taken").isGreaterThan(15_000);
        assertThat(terms)
                .as("resources found in an index")
                .hasSize(4)
                .allSatisfy((kind, found) -> assertThat(found).as("by %s", kind).isGreaterThan(50));
        assertThat(silent).as("parameters without a value in the data").containsExactly("Location?near");
    }

    @Test
    void everyParameterTakesOfTheSampleWhatTheOracleTakes() throws Exception {
        Pool pool = new Pool();
        SampleResources.resources(25).forEach(pool::add);

        askAll(pool, OF_A_PARAMETER);

        assertThat(asked).hasSizeGreaterThan(1_000);
    }

    @Test
    void everyParameterTakesOfTheExamplesOfHl7WhatTheOracleTakes() throws Exception {
        Pool pool = new Pool();
        Examples.resources().forEach(pool::add);

        askAll(pool, OF_A_PARAMETER);

        assertThat(asked).hasSizeGreaterThan(2_000);
    }

    private void askAll(Pool pool, int ofAParameter) {
        for (ResourceType type : pool.types()) {
            List<Question> questions = new ArrayList<>();
            for (SearchParameter parameter : parameters.of(type)) {
                List<Question> own = questions(parameter, pool);
                Collections.shuffle(own, random);
                List<Question> some = own.subList(0, Math.min(ofAParameter, own.size()));
                if (some.isEmpty()) {
                    silent.add(parameter.toString());
                } else {
                    questions.addAll(some);
                    questions.add(missing(parameter, pool));
                    questions.add(some.get(0).or(some.get(some.size() - 1)));
                }
            }
            questions.forEach(question -> compare(type, question, pool));
            for (int i = 0; i < questions.size() / 4; i++) {
                compare(type, any(questions).and(any(questions)), pool);
            }
        }
        assertThat(differences)
                .as("differences of %d queries, seed %d", asked.size(), SEED)
                .isEmpty();
    }

    private Question any(List<Question> questions) {
        return questions.get(random.nextInt(questions.size()));
    }

    private Question missing(SearchParameter parameter, Pool pool) {
        return parameter.kind() == SearchParamType.COMPOSITE
                ? questions(parameter, pool).get(0)
                : new Question(
                        parameter.name() + ":missing=true",
                        item -> pool.find(parameter, item).isEmpty());
    }

    private List<Question> questions(SearchParameter parameter, Pool pool) {
        List<Question> questions = new ArrayList<>();
        for (Pool.Item item : pool.of(parameter.type())) {
            for (IBase element : pool.find(parameter, item)) {
                List<Ask> asks = parameter.kind() == SearchParamType.COMPOSITE
                        ? composites.asks(parameter, element, item, pool, NOW)
                        : Asks.of(parameter, element, NOW);
                asks.forEach(ask -> questions.add(Question.of(parameter, ask, pool)));
            }
        }
        return questions;
    }

    private void compare(ResourceType type, Question question, Pool pool) {
        String query = type + "?" + question.text();
        if (asked.add(query)) {
            TypeFilter filter = parse(query);
            ResourceFilter union = new ResourceFilter(List.of(filter), NoLinks.NONE);
            for (Pool.Item item : pool.of(type)) {
                boolean expected = question.takes().test(item);
                ObjectNode json = item.json();
                if (filter.matches(json, NoLinks.NONE) != expected) {
                    differences.add(query + (expected ? " should take " : " should not take ") + json);
                }
                if (union.matches(item.bytes(), 0, item.bytes().length) != filter.matches(json, NoLinks.NONE)) {
                    differences.add(query + " differs on the bytes of " + json);
                }
                if (expected
                        && !filter.indexPredicates().stream()
                                .allMatch(n -> isFound(n, pool.find(n.parameter(), item)))) {
                    differences.add(query + " narrows too much for " + json);
                }
                if (expected && !isLookedUp(filter, item)) {
                    differences.add(query + " is not found in the index for " + json);
                }
                taken += expected ? 1 : 0;
            }
        }
    }

    /** Whether the store's indexes would find the resource. */
    private boolean isLookedUp(TypeFilter filter, Pool.Item item) {
        List<List<IndexCondition>> any = index.conditions(List.of(filter));
        any.forEach(all -> all.forEach(term -> terms.merge(term.getClass(), 1, Integer::sum)));
        return any.isEmpty() || any.stream().anyMatch(all -> all.stream().allMatch(term -> isFound(term, item)));
    }

    private boolean isFound(IndexCondition term, Pool.Item item) {
        ResourceType type = ResourceType.of(item.json().get("resourceType").stringValue());
        String id = item.json().path("id").asString("");
        PatientCompartment.Found patients = compartment.find(type, id, item.json(), ReferenceAsks.OWN::equals);
        if (term instanceof IndexCondition.Codes codes) {
            return LongStream.of(codeIndex.of(type, item.json(), false)).anyMatch(codes.numbers()::contains);
        }
        if (term instanceof IndexCondition.Patients named) {
            return patients.elsewhere() || patients.ids().stream().anyMatch(named.ids()::contains);
        }
        if (term instanceof IndexCondition.Ids ids) {
            return ids.ids().contains(id);
        }
        String written = item.json().path("meta").path("lastUpdated").asString("");
        return FhirInstant.parse(written)
                .map(span -> !span.from().isBefore(((IndexCondition.UpdatedFrom) term).time()))
                .orElse(false);
    }

    /** Whether an index over what the oracle finds would find one of the literals. */
    private static boolean isFound(IndexPredicate predicate, List<IBase> elements) {
        return predicate.alternatives().stream().anyMatch(term -> {
            if (term instanceof IndexTerm.Token token) {
                return elements.stream().anyMatch(e -> TokenAsks.has(e, token.system(), token.code()));
            }
            if (term instanceof IndexTerm.Reference reference) {
                return elements.stream().anyMatch(e -> ReferenceAsks.refersTo(e, reference.type(), reference.id()));
            }
            return elements.stream().anyMatch(e -> TimeAsks.reaches(e, ((IndexTerm.NotBefore) term).time()));
        });
    }

    private TypeFilter parse(String query) {
        List<FhirException.Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.parse(List.of(query), NOW, issues);
        assertThat(issues).as(query).isEmpty();
        assertThat(filters).as(query).hasSize(1);
        return filters.get(0);
    }
}
