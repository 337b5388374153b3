package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.EntryRequest.Method;
import dev.sluice.r4.IdentifierHash;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.WriteResult;
import dev.sluice.store.WriteResult.Kind;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.RequestMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Executes the entries of a Bundle together: assigns an id to every resource, resolves the references between them,
 * writes all of them in one transaction, and executes the reads.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#trules">transaction processing rules</a>
 */
@Component
class BundleTransaction {
    private static final long[] NO_IDENTIFIERS = {};

    private final ResourceWriter writer;
    private final RowReader rows;
    private final BaseUrl base;

    BundleTransaction(ResourceWriter writer, RowReader rows, BaseUrl base) {
        this.writer = writer;
        this.rows = rows;
        this.base = base;
    }

    /**
     * How to do entries.
     *
     * @param atomic whether they are a transaction, in which links lead from one entry to another
     * @param represent whether to give back what was written
     * @param memory holds what is made of stored resources
     * @param access what the caller may do
     */
    record Options(boolean atomic, boolean represent, RequestMemory memory, ResourceAccess access) {}

    /**
     * Does these entries, and says what became of each, in their order.
     *
     * @throws FhirException if one of them cannot be done; nothing is written then
     */
    List<BundleResult> run(List<BundleEntry> entries, Options options) {
        return ConditionalDecision.decide(rows, options.memory, decision -> run(entries, options, decision));
    }

    private List<BundleResult> run(List<BundleEntry> entries, Options options, ConditionalDecision decision) {
        List<ResolvedEntry> steps = names(entries, options.access, decision);
        requireApart(steps);
        Set<ResourceKey> changed = changed(steps);
        ReferenceTargets references = new ReferenceTargets(
                steps,
                base.own(),
                query -> {
                    options.access.search(query.type());
                    return matches(query, steps, changed, decision);
                },
                resolved -> version(resolved, decision));
        Map<ResourceKey, ResourceWrite> writes = new LinkedHashMap<>();
        for (ResolvedEntry resolved : steps) {
            if (resolved.changes()) {
                writes.put(
                        resolved.key(),
                        resolved.entry().explaining(() -> writeOf(resolved, options, references, decision)));
            }
        }
        claimResults(steps, writes, options);
        Map<ResourceKey, WriteResult> outcomes = new HashMap<>();
        writer.write(List.copyOf(writes.values()), decision).forEach(outcome -> outcomes.put(outcome.key(), outcome));
        return steps.stream()
                .map(resolved -> {
                    WriteResult outcome = outcomes.get(resolved.key());
                    return resolved.changes() && outcome != null
                            ? written(outcome, options.represent ? writes.get(resolved.key()) : null)
                            : read(resolved, options);
                })
                .toList();
    }

    private static List<ResolvedEntry> names(
            List<BundleEntry> entries, ResourceAccess access, ConditionalDecision decision) {
        Set<IdentifierQuery> conditions = new HashSet<>();
        List<ResolvedEntry> steps = new ArrayList<>();
        for (BundleEntry entry : entries) {
            steps.add(entry.explaining(() -> name(checked(entry, access), entry, conditions, decision)));
        }
        return steps;
    }

    private static EntryRequest checked(BundleEntry entry, ResourceAccess access) {
        EntryRequest target = EntryRequest.of(entry);
        target.requireAllowed(access);
        return target;
    }

    private static ResolvedEntry name(
            EntryRequest target, BundleEntry entry, Set<IdentifierQuery> conditions, ConditionalDecision decision) {
        IdentifierQuery condition = target.query();
        if (condition != null && !conditions.add(condition)) {
            throw FhirException.invalid("Another entry has the same condition, '" + condition
                    + "'; one Bundle cannot change the same resource twice.");
        }
        if (!target.writes()) {
            ResourceKey key = condition == null ? target.named() : found(target.method(), condition, decision);
            return new ResolvedEntry(entry, target, key, null, NO_IDENTIFIERS);
        }
        ResourceJson json = target.json(entry.resource());
        long[] identifierHashes = IdentifierHash.of(json.type(), json.tree());
        if (target.method() == Method.PUT) {
            ResourceKey key = condition == null ? target.named() : decision.toUpdate(condition, json);
            return new ResolvedEntry(entry, target, key, null, identifierHashes);
        }
        StoredVersion found =
                condition == null ? null : decision.atMostOne(condition).orElse(null);
        return new ResolvedEntry(entry, target, found == null ? unused(target) : found.key(), found, identifierHashes);
    }

    /** What a conditional patch or delete is about. */
    private static ResourceKey found(Method method, IdentifierQuery condition, ConditionalDecision decision) {
        return method == Method.DELETE ? decision.toDelete(condition) : decision.one(condition);
    }

    private static ResourceKey unused(EntryRequest target) {
        return new ResourceKey(target.type(), UUID.randomUUID().toString());
    }

    /** No conditional entry may have a resource that matches the condition of another one: both could be the same resource. */
    private static void requireApart(List<ResolvedEntry> steps) {
        Map<Long, List<ResolvedEntry>> bringing = new HashMap<>();
        for (ResolvedEntry resolved : steps) {
            if (resolved.target().query() != null) {
                Arrays.stream(resolved.identifierHashes())
                        .forEach(hash -> bringing.computeIfAbsent(hash, any -> new ArrayList<>())
                                .add(resolved));
            }
        }
        for (ResolvedEntry resolved : steps) {
            IdentifierQuery query = resolved.target().query();
            if (query == null || !resolved.target().writes() || resolved.found() != null) {
                continue;
            }
            for (ResolvedEntry other : bringing.getOrDefault(query.hash(), List.of())) {
                if (other.entry().index() != resolved.entry().index() && other.brings(query)) {
                    throw FhirException.invalid("Bundle.entry["
                            + resolved.entry().index() + "]: the condition '" + query
                            + "' matches what Bundle.entry[" + other.entry().index()
                            + "] brings under a condition of its own; make them one entry.");
                }
            }
        }
    }

    private static Set<ResourceKey> changed(List<ResolvedEntry> steps) {
        Set<ResourceKey> changed = new HashSet<>();
        for (ResolvedEntry resolved : steps) {
            if (resolved.changes() && !changed.add(resolved.key())) {
                throw FhirException.invalid("Bundle.entry[" + resolved.entry().index() + "]: another entry changes "
                        + resolved.key() + " too; one transaction can change a resource once.");
            }
        }
        return changed;
    }

    /** If the Bundle changes a resource, the new content is compared with the condition, and not the stored one. */
    private static List<ResourceKey> matches(
            IdentifierQuery query, List<ResolvedEntry> steps, Set<ResourceKey> changed, ConditionalDecision decision) {
        Stream<ResourceKey> brought =
                steps.stream().filter(resolved -> resolved.brings(query)).map(ResolvedEntry::key);
        Stream<ResourceKey> stored =
                decision.find(query).stream().map(StoredVersion::key).filter(Predicate.not(changed::contains));
        return Stream.concat(brought, stored).toList();
    }

    /** The version that a resource has once the Bundle is done. A resource with the same content keeps the one it has. */
    private int version(ResolvedEntry resolved, ConditionalDecision decision) {
        StoredVersion found = resolved.found();
        if (found != null) {
            return found.versionId();
        }
        Optional<StoredVersion> current = decision.latest(resolved.key());
        if (!resolved.changes() || current.isEmpty()) {
            return current.map(StoredVersion::versionId).orElse(1);
        }
        StoredVersion version = current.get();
        boolean same = resolved.target().method() == Method.PUT
                && Arrays.equals(
                        version.body(),
                        resolved.target()
                                .json(resolved.entry().resource())
                                .line(resolved.key().id())
                                .stamp(version.versionId(), FhirInstant.format(version.lastUpdated())));
        return same ? version.versionId() : version.versionId() + 1;
    }

    private ResourceWrite writeOf(
            ResolvedEntry resolved, Options options, ReferenceTargets references, ConditionalDecision decision) {
        EntryRequest target = resolved.target();
        ResourceKey key = resolved.key();
        if (target.method() == Method.DELETE) {
            return new ResourceWrite(key, null, target.condition());
        }
        LinkRewriter.Target links = options.atomic ? references.of(resolved) : ReferenceTargets.alone(base.own());
        ResourceJson json = target.method() == Method.PATCH
                ? patched(resolved, links, options.memory, decision)
                : rewritten(target.json(resolved.entry().resource()), links);
        ResourceWriter.Prepared resource = writer.prepare(json, key.id(), base.own());
        if (options.represent) {
            options.memory.claimResult(resource.size());
        }
        return new ResourceWrite(key, resource.content(), target.condition());
    }

    /** Only what the patch brings has links to entries; what is stored stays as it is. */
    private ResourceJson patched(
            ResolvedEntry resolved, LinkRewriter.Target links, RequestMemory memory, ConditionalDecision decision) {
        ResourceType type = resolved.key().type();
        JsonPatch patch = resolved.target().patch(resolved.entry().resource());
        JsonPatch rewritten = type.equals(ResourceType.BUNDLE)
                ? patch
                : patch.with((place, value) -> LinkRewriter.rewrite(value, type, place, links));
        ResourceJson json = decision.patched(resolved.key(), rewritten, memory);
        writer.check(json);
        return json;
    }

    private ResourceJson rewritten(ResourceJson json, LinkRewriter.Target links) {
        writer.check(json); // as it was sent: a link that is rewritten need not be of its element's type any more
        return json.type().equals(ResourceType.BUNDLE) // a stored Bundle refers to its own entries
                ? json
                : ResourceJson.parse(LinkRewriter.rewrite(json.bytes(), links));
    }

    /** Makes sure, before anything is written, that what is to be read exists, and that the response may hold it. */
    private void claimResults(List<ResolvedEntry> steps, Map<ResourceKey, ResourceWrite> writes, Options options) {
        for (ResolvedEntry resolved : steps) {
            StoredVersion found = resolved.found();
            ResourceWrite write = writes.get(resolved.key());
            if (found != null) {
                options.memory.claimResult(options.represent ? found.body().length : 0);
            } else if (resolved.target().method() == Method.GET && write == null) {
                options.memory.claimResult(rows.bytes(resolved.key()).orElseThrow(() -> missing(resolved)));
            } else if (resolved.target().method() == Method.GET && write != null && write.content() == null) {
                throw missing(resolved);
            }
        }
    }

    private static FhirException missing(ResolvedEntry resolved) {
        return FhirException.notFound(
                "Bundle.entry[" + resolved.entry().index() + "]: " + resolved.key() + " does not exist.");
    }

    private static BundleResult written(WriteResult outcome, @Nullable ResourceWrite write) {
        int status = outcome.kind() == Kind.CREATED
                ? 201
                : outcome.kind() == Kind.DELETED || outcome.kind() == Kind.ABSENT ? 204 : 200;
        byte[] resource = write == null || write.content() == null
                ? null
                : write.content().line().stamp(outcome.versionId(), outcome.metaLastUpdated());
        return BundleResult.done(status, outcome.key(), outcome.versionId(), outcome.lastUpdated(), resource);
    }

    /** The current version of a resource, for a GET or for a conditional create that found one. */
    private BundleResult read(ResolvedEntry resolved, Options options) {
        StoredVersion version = resolved.found() == null
                ? rows.current(resolved.key(), bytes -> {}).orElse(null) // it was claimed before
                : resolved.found();
        if (version == null || version.deleted()) { // since the check; the writes are done, so this is no exception
            return BundleResult.refused(FhirException.notFound(resolved.key() + " was just deleted."));
        }
        byte[] resource = resolved.found() == null || options.represent ? version.body() : null;
        return BundleResult.done(200, version.key(), version.versionId(), version.lastUpdated(), resource);
    }
}
