package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SamplePopulation;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import dev.sluice.r4.SearchParamType;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Test;

/** Chains and reverse chains against the oracle, which joins what it finds in one resource with what it finds in others. */
class LinkOracleTest {
    private static final long SEED = 20_260_103;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final int OF_A_LINK = 6;

    private final SearchParameters parameters = new SearchParameters();
    private final TypeFilterParser parser = new TypeFilterParser(parameters, ReferenceAsks.OWN::equals);
    private final Random random = new Random(SEED);
    private final Pool pool = new Pool();
    private final Map<String, Pool.Item> byKey = new HashMap<>();
    private final Set<String> asked = new TreeSet<>();
    private int taken;

    @Test
    void linksInTheSamplePopulationAreFollowedAsTheOracleFollowsThem() {
        SamplePopulation.ofPatients(6).forEach(pool::add);

        askAll();

        assertThat(asked).hasSizeGreaterThan(200);
        assertThat(taken).isGreaterThan(asked.size());
    }

    @Test
    void linksInTheSampleAreFollowedAsTheOracleFollowsThem() throws Exception {
        SampleResources.resources(20).forEach(pool::add);

        askAll();

        assertThat(asked).hasSizeGreaterThan(300);
    }

    private void askAll() {
        for (ResourceType type : pool.types()) {
            pool.of(type).forEach(item -> byKey.put(type + "/" + JsonText.of(item.json(), "id"), item));
        }
        List<Pool.Item> items = byKey.values().stream().toList();
        ChainResolver linked =
                new MemoryResources(items.stream().map(Pool.Item::json).toList()).bySets();
        for (ResourceType type : pool.types()) {
            for (SearchParameter reference : parameters.of(type)) {
                if (reference.kind() == SearchParamType.REFERENCE) {
                    for (int i = 0; i < OF_A_LINK; i++) {
                        ask(reference, linked);
                    }
                }
            }
        }
    }

    private void ask(SearchParameter reference, ChainResolver linked) {
        List<Pool.Item> sources = pool.of(reference.type());
        Pool.Item source = sources.get(random.nextInt(sources.size()));
        for (Pool.Item target : targets(reference, source)) {
            ResourceType type = ResourceType.of(target.object().fhirType());
            any(target)
                    .ifPresent(asked -> compare(
                            reference.type(),
                            new Question(
                                    reference.name() + (isOnlyOf(type, asked, reference) ? "" : ":" + type) + "."
                                            + asked.text(),
                                    item -> targets(reference, item).stream()
                                            .anyMatch(t -> t.object().fhirType().equals(type.name())
                                                    && asked.takes().test(t))),
                            linked));
            any(source)
                    .ifPresent(asked -> compare(
                            type,
                            new Question(
                                    "_has:" + reference.type() + ":" + reference.name() + ":" + asked.text(),
                                    item -> sources.stream()
                                            .anyMatch(s -> targets(reference, s).contains(item)
                                                    && asked.takes().test(s))),
                            linked));
        }
    }

    /** Whether no other type that is referred to has the parameter, so that the type need not be told. */
    private boolean isOnlyOf(ResourceType type, Question asked, SearchParameter reference) {
        String name = asked.text().split("[:=]", 2)[0];
        return reference.targets().stream()
                .filter(other -> !other.equals(type))
                .allMatch(other -> parameters.find(other, name).isEmpty());
    }

    /** The resources of the pool that a parameter of another one refers to. */
    private List<Pool.Item> targets(SearchParameter reference, Pool.Item source) {
        List<Pool.Item> targets = new ArrayList<>();
        for (IBase element : pool.find(reference, source)) {
            if (element instanceof Reference found && byKey.containsKey(found.getReference())) {
                targets.add(byKey.get(found.getReference()));
            }
        }
        return targets;
    }

    /** A question that is made of a value of this resource. */
    private Optional<Question> any(Pool.Item item) {
        List<SearchParameter> shuffled =
                new ArrayList<>(parameters.of(ResourceType.of(item.object().fhirType())));
        Collections.shuffle(shuffled, random);
        for (SearchParameter parameter : shuffled) {
            for (IBase element : pool.find(parameter, item)) {
                List<Ask> asks = Asks.of(parameter, element, NOW);
                if (!asks.isEmpty()) {
                    return Optional.of(Question.of(parameter, asks.get(random.nextInt(asks.size())), pool));
                }
            }
        }
        return Optional.empty();
    }

    private void compare(ResourceType type, Question question, ChainResolver linked) {
        String query = type + "?" + question.text();
        if (asked.add(query)) {
            List<FhirException.Issue> issues = new ArrayList<>();
            List<TypeFilter> filters = parser.parse(List.of(query), NOW, issues);
            assertThat(issues).as(query).isEmpty();
            ResourceFilter union = new ResourceFilter(filters, linked);
            for (Pool.Item item : pool.of(type)) {
                boolean expected = question.takes().test(item);
                assertThat(union.matches(item.bytes(), 0, item.bytes().length))
                        .as("%s on %s", query, item.json())
                        .isEqualTo(expected);
                taken += expected ? 1 : 0;
            }
        }
    }
}
