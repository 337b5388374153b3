package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Where the references within a Bundle lead, once each of its resources has its id.
 *
 * <p>Three kinds are rewritten: those to the {@code fullUrl} of an entry, relative ones to a resource that gets another
 * id than its {@code fullUrl} says, and conditional ones, {@code Type?identifier=system|value}. For one Bundle and one
 * thread.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#trules">transaction processing rules</a>
 */
final class ReferenceTargets {
    private final Map<String, ResourceKey> byUrl = new HashMap<>();
    private final Map<IdentifierQuery, ResourceKey> found = new HashMap<>();
    private final Function<IdentifierQuery, List<ResourceKey>> finder;

    /**
     * @param finder gives all resources, of the Bundle and of the store, that match
     */
    ReferenceTargets(List<BundleStep> steps, Function<IdentifierQuery, List<ResourceKey>> finder) {
        this.finder = finder;
        for (BundleStep step : steps) {
            String fullUrl = step.entry().fullUrl();
            if (fullUrl != null && byUrl.put(fullUrl, step.key()) != null) {
                throw FhirProblem.invalid("Bundle.entry[" + step.entry().index() + "]: the fullUrl '" + fullUrl
                        + "' is that of another entry too.");
            }
        }
        Map.copyOf(byUrl).forEach((fullUrl, key) -> {
            String relative = lastTwoParts(fullUrl);
            if (relative.startsWith(key.type() + "/")) {
                byUrl.putIfAbsent(relative, key);
            }
        });
    }

    /** The reference as it has to be stored; the same if it needs no change. */
    String of(String reference) {
        ResourceKey key = byUrl.get(reference);
        if (key != null) {
            return key.toString();
        }
        if (reference.startsWith("urn:uuid:") || reference.startsWith("urn:oid:")) {
            throw FhirProblem.invalid("The reference '" + reference + "' leads nowhere: no entry has this fullUrl.");
        }
        int mark = reference.indexOf('?');
        return mark > 0
                ? ResourceType.find(reference.substring(0, mark))
                        .map(type ->
                                conditional(type, reference.substring(mark + 1)).toString())
                        .orElse(reference)
                : reference;
    }

    private ResourceKey conditional(ResourceType type, String condition) {
        return found.computeIfAbsent(IdentifierQuery.parse(type, condition), query -> {
            List<ResourceKey> matches = finder.apply(query);
            if (matches.size() > 1) {
                throw Identifiers.several(
                        query, matches.stream().map(ResourceKey::toString).toList());
            }
            if (matches.isEmpty()) {
                throw FhirProblem.of(
                        412,
                        "not-found",
                        "The conditional reference '" + query
                                + "' matches no resource, neither in the Bundle nor in the"
                                + " store; load what it refers to first.");
            }
            return matches.get(0);
        });
    }

    private static String lastTwoParts(String url) {
        List<String> parts = new ArrayList<>(List.of(url.split("/")));
        return url.startsWith("http") && parts.size() > 2
                ? String.join("/", parts.subList(parts.size() - 2, parts.size()))
                : "";
    }
}
