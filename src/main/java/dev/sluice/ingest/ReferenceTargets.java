package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.OwnBases;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the links within a Bundle after each of its resources has an id.
 *
 * <p>A link is the {@code fullUrl} of an entry, or the type and id that an entry's resource or {@code fullUrl} has in
 * the Bundle. A link to a version is resolved to the version that the Bundle creates. References may also be
 * conditional, {@code Type?identifier=system|value}. For one Bundle and one thread.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#trules">transaction processing rules</a>
 * @see <a href="https://hl7.org/fhir/R4/bundle.html#references">resolving references in Bundles</a>
 */
final class ReferenceTargets {
    private final Map<String, ResolvedEntry> byUrl = new HashMap<>();

    /** By the type and id that a resource has in the Bundle: more than one if the ids come from several servers. */
    private final Map<ResourceKey, Set<ResolvedEntry>> byName = new LinkedHashMap<>();

    private final Map<IdentifierQuery, ResourceKey> found = new HashMap<>();
    private final OwnBases bases;
    private final Function<IdentifierQuery, List<ResourceKey>> finder;
    private final ToIntFunction<ResolvedEntry> version;

    /**
     * @param bases of absolute references to this server
     * @param finder gives all resources, of the Bundle and of the store, that match
     * @param version gives the version that the resource of a step has when the Bundle is done
     */
    ReferenceTargets(
            List<ResolvedEntry> steps,
            OwnBases bases,
            Function<IdentifierQuery, List<ResourceKey>> finder,
            ToIntFunction<ResolvedEntry> version) {
        this.bases = bases;
        this.finder = finder;
        this.version = version;
        for (ResolvedEntry step : steps) {
            String fullUrl = step.entry().fullUrl();
            if (fullUrl != null && byUrl.put(fullUrl, step) != null) {
                throw FhirException.invalid("Bundle.entry[" + step.entry().index() + "]: the fullUrl '" + fullUrl
                        + "' is that of another entry too.");
            }
        }
        steps.forEach(this::addNames);
        for (ResolvedEntry step : steps) {
            if (step.target().key() != null) {
                byName.put(step.key(), Set.of(step)); // its url says which resource of this server it is
            }
        }
    }

    private void addNames(ResolvedEntry step) {
        String fullUrl = step.entry().fullUrl();
        LiteralReference literal = fullUrl == null ? null : LiteralReference.parse(fullUrl);
        if (literal != null && literal.type().equals(step.key().type())) {
            byName.computeIfAbsent(literal.key(), key -> new LinkedHashSet<>()).add(step);
        }
        if (step.target().writes()) {
            step.target()
                    .json(step.entry().resource())
                    .id()
                    .filter(ResourceKey::isId)
                    .ifPresent(id -> byName.computeIfAbsent(
                                    new ResourceKey(step.key().type(), id), key -> new LinkedHashSet<>())
                            .add(step));
        }
    }

    /** Gives, for each link in the resource of one entry, what it has to be; null if it stays as it is. */
    LinkRewriter.Target of(ResolvedEntry step) {
        String fullUrl = step.entry().fullUrl();
        LiteralReference own = fullUrl == null ? null : LiteralReference.parse(fullUrl);
        String base = own == null ? "" : own.base();
        return new LinkRewriter.Target() {
            @Override
            public @Nullable String reference(String text) {
                return target(text, base);
            }

            @Override
            public @Nullable String link(String text) {
                return linked(text, base, false);
            }
        };
    }

    /** For an entry that is done alone: nothing is rewritten. What only a transaction can resolve is refused. */
    static LinkRewriter.Target alone(OwnBases bases) {
        return text -> {
            if (isUrn(text) || condition(text, bases) >= 0) {
                throw FhirException.invalid("The reference '" + text + "' leads nowhere: the entries of a batch are"
                        + " independent of each other. Send a transaction, or refer to [type]/[id].");
            }
            return null;
        };
    }

    private static boolean isUrn(String reference) {
        return reference.startsWith("urn:uuid:") || reference.startsWith("urn:oid:");
    }

    /** Where the type begins in a conditional reference to a resource of this server; negative in any other. */
    private static int condition(String reference, OwnBases bases) {
        int mark = reference.indexOf('?');
        int slash = reference.lastIndexOf('/', Math.max(mark, 0));
        if (mark < 0 || (slash >= 0 && !bases.test(reference.substring(0, slash)))) {
            return -1;
        }
        return ResourceType.find(reference.substring(slash + 1, mark)).isPresent() ? slash + 1 : -1;
    }

    private @Nullable String target(String reference, String base) {
        String linked = linked(reference, base, true);
        if (linked != null) {
            return linked;
        }
        if (isUrn(reference)) {
            throw FhirException.invalid("The reference '" + reference + "' leads nowhere: no entry has this fullUrl.");
        }
        int from = condition(reference, bases);
        if (from < 0) {
            return null;
        }
        int mark = reference.indexOf('?');
        return conditional(ResourceType.of(reference.substring(from, mark)), reference.substring(mark + 1))
                .toString();
    }

    /**
     * What a link to a resource of the Bundle has to be; null for any other.
     *
     * @param base of the server that the entry with the link comes from; empty if that is not known
     * @param certain whether a link that could mean several resources is a fault; otherwise it stays as it is
     */
    private @Nullable String linked(String text, String base, boolean certain) {
        ResolvedEntry step = byUrl.get(text);
        if (step != null) {
            return step.key().toString();
        }
        LiteralReference literal = LiteralReference.parse(text);
        if (literal == null) {
            return null;
        }
        ResolvedEntry target = named(text, literal, base, certain);
        if (target == null) {
            return null;
        }
        return literal.version() == null
                ? target.key().toString()
                : target.key() + "/_history/" + version.applyAsInt(target);
    }

    private @Nullable ResolvedEntry named(String text, LiteralReference literal, String base, boolean certain) {
        String from = literal.base().isEmpty() ? base : literal.base();
        ResolvedEntry exact = byUrl.get(from + "/" + literal.key());
        if (exact != null) {
            return exact;
        }
        Set<ResolvedEntry> named = literal.isLocal(bases) ? byName.getOrDefault(literal.key(), Set.of()) : Set.of();
        if (named.size() > 1 && certain) {
            throw FhirException.invalid("The reference '" + text + "' could mean several entries: "
                    + named.stream()
                            .map(step -> "Bundle.entry[" + step.entry().index() + "]")
                            .toList()
                    + "; refer to the fullUrl of one.");
        }
        return named.size() == 1 ? named.iterator().next() : null;
    }

    private ResourceKey conditional(ResourceType type, String condition) {
        return found.computeIfAbsent(IdentifierQuery.parse(type, condition), query -> {
            List<ResourceKey> matches = finder.apply(query);
            if (matches.size() > 1) {
                throw query.several(matches);
            }
            if (matches.isEmpty()) {
                throw FhirException.of(
                        412,
                        "not-found",
                        "The conditional reference '" + query
                                + "' matches no resource, neither in the Bundle nor in the"
                                + " store; load what it refers to first.");
            }
            return matches.get(0);
        });
    }
}
