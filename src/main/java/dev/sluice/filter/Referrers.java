package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementPath;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.SearchParameter;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * The resources that {@code _has:Observation:patient:code=1} looks for: those that a filter takes, here of {@code
 * Observation?code=1}, which refer to others by a parameter, here to Patients by {@code patient}.
 *
 * <p>Immutable and used by many threads. Two are equal when their texts are.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#has">reverse chaining</a>
 */
public final class Referrers {
    private final TypeFilter filter;
    private final SearchParameter reference;
    private final ResourceType target;
    private final Predicate<String> ownBase;

    Referrers(TypeFilter filter, SearchParameter reference, ResourceType target, Predicate<String> ownBase) {
        this.filter = filter;
        this.reference = reference;
        this.target = target;
        this.ownBase = ownBase;
    }

    /** Which resources count; its type is theirs. */
    public TypeFilter filter() {
        return filter;
    }

    /**
     * The ids of the targets on this server that a resource refers to, each once.
     *
     * @param resource of the filter's type; whether the filter takes it is not asked
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

    @Override
    public boolean equals(Object other) {
        return other instanceof Referrers referrers && referrers.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The filter, and where it leads, such as {@code Observation?code=1 patient Patient}. */
    @Override
    public String toString() {
        return filter + " " + reference.name() + " " + target;
    }
}
