package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.match.IndexPredicate;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import tools.jackson.databind.node.ObjectNode;

/**
 * One query of a {@code _typeFilter}, such as {@code Observation?code=http://loinc.org|8480-6&date=ge2024}: selects
 * resources of its type.
 *
 * <p>Immutable and used by many threads. If a type has several filters, a resource must match one of them; see {@link
 * ResourceFilter}.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#_typefilter-query-parameter">_typeFilter</a>
 */
public final class TypeFilter {
    private final ResourceType type;
    private final List<Clause> clauses;
    private final long number;

    TypeFilter(ResourceType type, List<Clause> clauses) {
        this.type = type;
        this.clauses = List.copyOf(clauses);
        this.number = number(type, clauses);
    }

    /** The same for filters with equal texts: the first eight bytes of a SHA-256. */
    private static long number(ResourceType type, List<Clause> clauses) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        DigestUtils.updateDigest(digest, type.name());
        for (Clause clause : clauses) {
            Clause.Text text = clause.text();
            DigestUtils.updateDigest(digest, "&" + text.values().length() + text.name() + "=");
            DigestUtils.updateDigest(digest, text.values());
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    public ResourceType type() {
        return type;
    }

    List<Clause> clauses() {
        return clauses;
    }

    /**
     * Whether a resource of {@link #type} matches. It must contain its {@code id} and {@code meta.lastUpdated}.
     *
     * @param linked access to other resources; not used by a filter without chains and {@code _has}
     */
    public boolean matches(ObjectNode resource, ChainResolver linked) {
        return matches(resource, new EvaluationContext(resource, linked));
    }

    boolean matches(ObjectNode resource, EvaluationContext around) {
        for (Clause clause : clauses) {
            if (!clause.matches(resource, around)) {
                return false;
            }
        }
        return true;
    }

    /** The types of other resources that its chains and {@code _has} clauses test. */
    public Set<ResourceType> linkedTypes() {
        return clauses.stream().flatMap(Clause::linkedTypes).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The number by which results of the filter are cached. */
    long number() {
        return number;
    }

    /** The heap that it takes, in bytes, about. */
    long bytes() {
        return clauses.stream().mapToLong(Clause::bytes).sum();
    }

    /** The conditions that an index can serve; each one holds for every matching resource. */
    public List<IndexPredicate> indexPredicates() {
        return clauses.stream()
                .map(Clause::indexPredicate)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Two filters with equal texts are equal. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TypeFilter filter
                && filter.number == number
                && filter.type.equals(type)
                && filter.texts().equals(texts());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    private List<Clause.Text> texts() {
        return clauses.stream().map(Clause::text).toList();
    }

    /** The text from which {@link TypeFilterParser} parses an equal filter, in a canonical percent-encoding. */
    @Override
    public String toString() {
        return texts().stream()
                .map(clause -> FilterSyntax.encode(clause.name()) + "=" + FilterSyntax.encode(clause.values()))
                .collect(Collectors.joining("&", type + "?", ""));
    }
}
