package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.TopLevelScanner;
import dev.sluice.r4.ElementPath;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.SearchParameter;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * The referring resources of a clause such as {@code _has:Observation:patient:code=1}: those that match a filter, here
 * {@code Observation?code=1}, and refer to resources of a type by a parameter, here to Patients by {@code patient}.
 *
 * @param filter the filter that referrers must match
 * @see <a href="https://hl7.org/fhir/R4/search.html#has">reverse chaining</a>
 */
public record ReverseChain(
        TypeFilter filter, SearchParameter reference, ResourceType target, Predicate<String> ownBase) {
    /** Reads the fields in which references are. */
    TopLevelScanner fields() {
        return new TopLevelScanner(reference.paths().stream()
                .flatMap(path -> path.roots().stream())
                .collect(Collectors.toSet()));
    }

    /**
     * The ids of the targets on this server that a resource refers to, each once.
     *
     * @param resource of the filter's type; it need not match the filter
     */
    public Set<String> idsIn(ObjectNode resource) {
        Set<String> ids = new LinkedHashSet<>();
        for (ElementPath path : reference.paths()) {
            path.any(resource, element -> {
                LiteralReference found = LiteralReference.in(element);
                if (found != null && found.type().equals(target) && found.isLocal(ownBase)) {
                    ids.add(found.id());
                }
                return false;
            });
        }
        return ids;
    }
}
