package dev.sluice.filter;

import dev.sluice.r4.CompositeTable;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hl7.fhir.instance.model.api.IBase;
import tools.jackson.databind.JsonNode;

/** Composite parameters, by the expressions of their components in the definitions that HL7 published. */
final class CompositeOracle {
    private static final String OF_RESOURCE = "%resource.";

    private final SearchParameters parameters;
    private final Map<String, List<String>> expressions = new HashMap<>();

    /** A resource is not found from its elements, so the components that it has itself are remembered. */
    private final IdentityHashMap<IBase, Pool.Item> owners = new IdentityHashMap<>();

    public CompositeOracle(SearchParameters parameters) {
        this.parameters = parameters;
        try {
            for (JsonNode definition : Definitions.searchParameters()) {
                List<String> parts = new ArrayList<>();
                for (JsonNode part : definition.path("component")) {
                    parts.add(part.get("expression").stringValue().replace("DateTime", "dateTime"));
                }
                expressions.put(definition.get("code").stringValue(), parts);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // R4 gives the reference the expression of the code, and the code that of the reference.
        expressions.put("relationship", List.of("target", "code"));
    }

    List<Ask> asks(SearchParameter composite, IBase element, Pool.Item item, Pool pool, Instant now) {
        List<SearchParameter> components = CompositeTable.PARTS.getOrDefault(composite.name(), List.of()).stream()
                .map(part -> parameters.find(composite.type(), part.parameter()).orElseThrow())
                .toList();
        List<String> paths = expressions.getOrDefault(composite.name(), List.of());
        pool.of(composite.type()).forEach(i -> pool.find(composite, i).forEach(e -> owners.put(e, i)));
        owners.put(element, item);
        return Asks.combined(components, (i, e) -> find(paths.get(i), e, pool), element, now);
    }

    private List<IBase> find(String path, IBase element, Pool pool) {
        return path.startsWith(OF_RESOURCE)
                ? pool.oracle()
                        .find(
                                path.substring(OF_RESOURCE.length()),
                                Objects.requireNonNull(owners.get(element)).object())
                : pool.oracle().find(path, element);
    }
}
