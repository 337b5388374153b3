package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import dev.sluice.SamplePopulation;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import tools.jackson.databind.node.ObjectNode;

/** Resources to search in, each as JSON for Sluice and as HAPI's object for the oracle. */
final class Pool {
    static final FhirContext HAPI = FhirContext.forR4Cached();
    private static final IParser PARSER = HAPI.newJsonParser().setParserErrorHandler(new LenientErrorHandler(false));
    private static final int MOST_OF_A_TYPE = 30;
    private static final int MOST_TRIES = 200;

    /** One resource. */
    record Item(byte[] bytes, ObjectNode json, IBaseResource object) {
        static Item of(ObjectNode json) {
            String text = json.toString();
            return new Item(text.getBytes(UTF_8), json, PARSER.parseResource(text));
        }
    }

    private final Map<ResourceType, List<Item>> items = new TreeMap<>();
    private final FhirPathOracle oracle = new FhirPathOracle(HAPI);
    private final IdentityHashMap<IBaseResource, Map<String, List<IBase>>> found = new IdentityHashMap<>();

    void add(ObjectNode json) {
        List<Item> ofType = items.computeIfAbsent(
                ResourceType.of(json.get("resourceType").stringValue()), type -> new ArrayList<>());
        if (ofType.size() < MOST_OF_A_TYPE) {
            ofType.add(Item.of(json));
        }
    }

    /**
     * Resources of every type in which every element has a value, until each parameter finds something, and those of the
     * sample population.
     */
    static Pool generated(SearchParameters parameters, long seed, int atLeast) {
        Pool pool = new Pool();
        FilledResource filled = new FilledResource(HAPI, new Random(seed));
        for (ResourceType type : ResourceType.all()) {
            // Whether a composite parameter finds a pair is seen late, and Observation has many choices for one half.
            int least = type.name().equals("Observation") ? MOST_OF_A_TYPE : atLeast;
            Set<SearchParameter> silent = new HashSet<>(parameters.of(type));
            for (int i = 0; i < least || (i < MOST_TRIES && !silent.isEmpty()); i++) {
                Item item = Item.of(FhirJson.parseObject(
                        PARSER.encodeResourceToString(filled.of(type)).getBytes(UTF_8)));
                if (silent.removeIf(p -> !pool.find(p, item).isEmpty()) || i < least) {
                    pool.items.computeIfAbsent(type, t -> new ArrayList<>()).add(item);
                }
            }
        }
        SamplePopulation.ofPatients(10).forEach(pool::add);
        return pool;
    }

    List<ResourceType> types() {
        return List.copyOf(items.keySet());
    }

    List<Item> of(ResourceType type) {
        return items.getOrDefault(type, List.of());
    }

    /** What the oracle finds, kept: it is asked again for every question. */
    List<IBase> find(SearchParameter parameter, Item item) {
        if (!parameter.isSupported()) {
            return List.of();
        }
        return found.computeIfAbsent(item.object(), object -> new TreeMap<>())
                .computeIfAbsent(parameter.name(), name -> oracle.find(parameter, item.object()));
    }

    FhirPathOracle oracle() {
        return oracle;
    }
}
