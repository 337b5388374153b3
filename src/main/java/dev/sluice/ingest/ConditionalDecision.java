package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.WritePremise;
import dev.sluice.web.RequestMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The stored state on which one write depends: the results of its conditions and the versions that it has read. For one
 * write and one thread.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#cond-update">conditional update</a>
 * @see <a href="https://hl7.org/fhir/R4/http.html#patch">patch</a>
 */
final class ConditionalDecision implements WritePremise {
    /** Writers of the same thing wait for each other, so a decision is rarely outdated more than once. */
    private static final int MOST_TRIES = 30;

    private static final int COPIES = 4;

    private final RowReader rows;
    private final LongConsumer large;
    private final Map<IdentifierQuery, List<ResourceKey>> found = new LinkedHashMap<>();
    private final Map<ResourceKey, Integer> versions = new LinkedHashMap<>();
    private final Map<Integer, Boolean> locks = new HashMap<>();
    private long patchedBytes;

    private ConditionalDecision(RowReader rows, LongConsumer large) {
        this.rows = rows;
        this.large = large;
    }

    /**
     * Does a work that reads by the decision and writes with it as the premise. If another writer changes what was read,
     * does it again.
     *
     * @throws FhirException 409 if other writers were first each time
     */
    static <T> T decide(RowReader rows, RequestMemory memory, Function<ConditionalDecision, T> work) {
        long held = memory.claim().bytes();
        long results = memory.resultBytes();
        for (int i = 0; i < MOST_TRIES; i++) {
            memory.claim().release(held); // what another try has read is dropped
            memory.resetResultBytes(results);
            ConditionalDecision decision = new ConditionalDecision(rows, memory::claimRead);
            try {
                return work.apply(decision);
            } catch (WritePremise.OutdatedException e) {
                // another writer was first: read again what there is now
            } catch (FhirException refused) {
                if (decision.mayHold()) {
                    throw refused;
                }
            }
        }
        throw FhirException.of(
                409,
                "conflict",
                "Other clients have changed the same resources " + MOST_TRIES
                        + " times while this request was being done; nothing was written. Send it again.");
    }

    /** The single matching resource, which the write may create, change or delete; a 412 problem if several match. */
    Optional<StoredVersion> atMostOne(IdentifierQuery query) {
        locks.put(query.lock(), true);
        List<StoredVersion> matches = matches(query);
        if (matches.size() > 1) {
            throw query.several(keys(matches));
        }
        return matches.stream().findFirst();
    }

    /** The resources that match, which the write refers to. */
    List<StoredVersion> find(IdentifierQuery query) {
        locks.putIfAbsent(query.lock(), false);
        return matches(query);
    }

    /** The current version of a resource, on which the write depends; empty if it does not exist or is deleted. */
    Optional<StoredVersion> current(ResourceKey key) {
        return latest(key).filter(version -> !version.deleted());
    }

    /** The same, which may be a deletion. */
    Optional<StoredVersion> latest(ResourceKey key) {
        Optional<StoredVersion> latest = rows.current(key, large);
        versions.put(key, latest.map(StoredVersion::versionId).orElse(0));
        return latest;
    }

    /** The single matching resource; a 404 problem if none matches, and a 412 problem if several match. */
    ResourceKey one(IdentifierQuery query) {
        return atMostOne(query)
                .map(StoredVersion::key)
                .orElseThrow(() -> FhirException.notFound(
                        "The condition '" + query + "' matches no resource, so there is nothing to change."));
    }

    /** The key that a conditional delete deletes: that of the match, or a new random key if nothing matches. */
    ResourceKey toDelete(IdentifierQuery query) {
        return atMostOne(query)
                .map(StoredVersion::key)
                .orElseGet(() -> new ResourceKey(query.type(), UUID.randomUUID().toString()));
    }

    /**
     * The resource that a conditional update writes: the one that matches; without one, the one that the text names; without
     * an id, a new one.
     */
    ResourceKey toUpdate(IdentifierQuery query, ResourceJson json) {
        Optional<StoredVersion> match = atMostOne(query);
        if (match.isPresent()) {
            json.require(query.type(), match.get().key().id());
            return match.get().key();
        }
        if (json.id().isEmpty()) {
            return new ResourceKey(query.type(), UUID.randomUUID().toString());
        }
        ResourceKey named = json.key();
        if (current(named).isPresent()) {
            throw FhirException.of(
                    409,
                    "conflict",
                    "The condition '" + query + "' matches no resource, but " + named
                            + " is there with other identifiers; leave the id out, or send it by PUT [base]/" + named
                            + ".");
        }
        return named;
    }

    /**
     * What a patch makes of the current version of a resource.
     *
     * @param memory holds all that this write has patched
     */
    ResourceJson patched(ResourceKey key, JsonPatch patch, RequestMemory memory) {
        StoredVersion current = current(key)
                .orElseThrow(() -> FhirException.notFound(key + " does not exist, so it cannot be patched."));
        claim(current.body().length, memory);
        byte[] text = patch.apply(current.body(), size -> claim(size, memory));
        patchedBytes += Math.max(current.body().length, text.length);
        ResourceJson json = ResourceJson.parse(text);
        if (!json.type().equals(key.type()) || !json.id().equals(Optional.of(key.id()))) {
            throw FhirException.invalid(
                    "The patch changes the resourceType or the id of " + key + "; both must stay as they are.");
        }
        return json;
    }

    private void claim(long size, RequestMemory memory) {
        if (patchedBytes > 0 && patchedBytes + size > FhirJson.MAX_RESOURCE_BYTES) {
            throw FhirException.of(
                    413,
                    "too-long",
                    "The resources that the transaction patches are together larger than "
                            + (FhirJson.MAX_RESOURCE_BYTES >> 20) + " MB; patch them in several transactions.");
        }
        memory.claim().hold(0, COPIES * (patchedBytes + size));
    }

    private List<StoredVersion> matches(IdentifierQuery query) {
        List<StoredVersion> matches = stored(query);
        found.put(query, keys(matches));
        return matches;
    }

    /** The current resources that match, in the order in which they came. */
    private List<StoredVersion> stored(IdentifierQuery query) {
        return rows.byTokenHash(query.type(), query.hash(), large).stream()
                .filter(version -> query.matches(FhirJson.stored(version.body())))
                .toList();
    }

    private static List<ResourceKey> keys(List<StoredVersion> matches) {
        return matches.stream().map(StoredVersion::key).toList();
    }

    @Override
    public List<Lock> locks() {
        List<Lock> all = new ArrayList<>();
        locks.forEach((number, exclusive) -> all.add(new Lock(number, exclusive)));
        return all;
    }

    private boolean mayHold() {
        try {
            return holds();
        } catch (FhirException noMemoryForASecondLook) {
            return true;
        }
    }

    @Override
    public boolean holds() {
        return found.entrySet().stream()
                .allMatch(entry -> keys(stored(entry.getKey())).equals(entry.getValue()));
    }

    @Override
    public Map<ResourceKey, Integer> versions() {
        return versions;
    }
}
