package dev.sluice.store;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.store.WriteResult.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides the result of each write of a batch, and creates the rows to be written. Writes of one resource come in the
 * order of their versions; the newest becomes current. For use by one thread.
 */
final class BatchPlan {
    private final Stored stored;
    private final Map<String, Integer> patients;
    private final long timestamp;
    private final Instant time;
    private final String text;
    private final List<NewVersion> added = new ArrayList<>();

    /** The index of the newest version of each resource among the added rows. */
    private final Map<ResourceKey, Integer> newest = new HashMap<>();

    /**
     * What the store holds of the resources of a batch.
     *
     * @param current their current versions
     * @param same the writes that are equal to their current version
     * @param earlier the earlier versions that the writes may repeat
     */
    record Stored(Map<ResourceKey, CurrentVersion> current, Set<ResourceWrite> same, EarlierVersions earlier) {}

    /**
     * @param patients numbers of all patients that the writes name
     * @param timestamp the timestamp of the new rows, in milliseconds since 1970
     */
    BatchPlan(Stored stored, Map<String, Integer> patients, long timestamp) {
        this.stored = stored;
        this.patients = patients;
        this.timestamp = timestamp;
        this.time = Instant.ofEpochMilli(timestamp);
        this.text = FhirInstant.format(time);
    }

    /** The rows to be written. */
    List<NewVersion> added() {
        return added;
    }

    /** The rows that become current. */
    List<NewVersion> becomeCurrent() {
        return added.stream().filter(NewVersion::isCurrent).toList();
    }

    /** Adds the next write and returns its result. */
    WriteResult add(ResourceWrite write) {
        Integer place = newest.get(write.key());
        CurrentVersion latest = place == null
                ? stored.current.get(write.key())
                : added.get(place).asCurrent();
        write.condition().check(write.key(), latest);
        Kind kind = kind(write, latest);
        switch (kind) {
            case CREATED, UPDATED, DELETED -> {
                NewVersion version = version(write, latest, newMeta(write, latest));
                if (place != null) {
                    added.set(place, added.get(place).history());
                }
                newest.put(write.key(), added.size());
                added.add(version);
                return version.result(kind);
            }
            case HISTORY -> {
                NewVersion version = version(write, null, newMeta(write, null)).history();
                added.add(version);
                return version.result(kind);
            }
            default -> {
                return latest == null ? new WriteResult(write.key(), kind, 0, time, text) : latest.result(kind);
            }
        }
    }

    private Kind kind(ResourceWrite write, @Nullable CurrentVersion latest) {
        ResourceWrite.Origin origin = write.origin();
        if (latest == null) {
            return write.content() != null ? Kind.CREATED : origin != null ? Kind.DELETED : Kind.ABSENT;
        }
        boolean same = isLatest(write, latest);
        int order = origin == null ? 1 : latest.order(origin);
        if (same && (origin == null || !isOtherNumber(origin, latest, order))) {
            return write.content() == null && origin == null ? Kind.ABSENT : Kind.UNCHANGED;
        }
        if (order < 0) {
            return earlier(write, latest);
        }
        if (order == 0 && origin != null && origin.kept() && origin.versionId() != 0) {
            return Kind.CONFLICT;
        }
        return write.content() == null ? Kind.DELETED : latest.deleted() ? Kind.CREATED : Kind.UPDATED;
    }

    /** Whether the content of a write equals that of the latest version. */
    private boolean isLatest(ResourceWrite write, CurrentVersion latest) {
        if (write.content() == null || latest.deleted()) {
            return write.content() == null && latest.deleted();
        }
        Integer place = newest.get(write.key());
        return place == null ? stored.same.contains(write) : UnchangedRows.isSame(write.content(), added.get(place));
    }

    /** Whether a line with the content of the latest version is stored as another version. */
    private static boolean isOtherNumber(ResourceWrite.Origin origin, CurrentVersion latest, int order) {
        if (!origin.kept()) {
            return order < 0;
        }
        return origin.versionId() != 0
                && origin.versionId() != latest.meta().versionId()
                && origin.versionId() != latest.meta().orderVersionId();
    }

    private Kind earlier(ResourceWrite write, CurrentVersion latest) {
        ResourceWrite.Origin origin = write.origin();
        if (origin == null || !origin.kept() || origin.versionId() == 0) {
            return Kind.OUTDATED;
        }
        if (stored.earlier.contains(write) || isAdded(write, origin)) {
            return Kind.UNCHANGED;
        }
        boolean taken = stored.earlier.haveNumber(write.key(), origin.versionId())
                || added.stream()
                        .anyMatch(version -> version.key().equals(write.key())
                                && version.meta().versionId() == origin.versionId());
        if (taken) {
            return Kind.CONFLICT;
        }
        return origin.versionId() < latest.meta().versionId() ? Kind.HISTORY : Kind.OUTDATED;
    }

    /** Whether this batch added the previous version. */
    private boolean isAdded(ResourceWrite write, ResourceWrite.Origin origin) {
        return added.stream()
                .filter(version -> version.key().equals(write.key()) && EarlierVersions.mayBe(origin, version.meta()))
                .anyMatch(version -> write.content() == null
                        ? version.body() == null
                        : UnchangedRows.isSame(write.content(), version));
    }

    /** The number and time of a version that follows the latest one. */
    private VersionMeta newMeta(ResourceWrite write, @Nullable CurrentVersion latest) {
        CurrentVersion before = stored.current.get(write.key());
        int rowVersion = before == null ? 1 : before.meta().rowVersion() + 1;
        int next = latest == null ? 1 : latest.meta().versionId() + 1;
        ResourceWrite.Origin origin = write.origin();
        if (origin == null) {
            return new VersionMeta(rowVersion, next, null, 0, null);
        }
        if (!origin.kept()) {
            return new VersionMeta(rowVersion, next, null, origin.versionId(), origin.time());
        }
        int versionId = Math.max(origin.versionId(), next);
        boolean past = origin.time() != null && !origin.time().isAfter(time);
        boolean renumbered = origin.versionId() != 0 && origin.versionId() != versionId;
        return new VersionMeta(
                rowVersion,
                versionId,
                past ? origin.lastUpdated() : null,
                renumbered ? origin.versionId() : 0,
                renumbered ? origin.time() : null);
    }

    private NewVersion version(ResourceWrite write, @Nullable CurrentVersion latest, VersionMeta meta) {
        CurrentVersion before = stored.current.get(write.key());
        ResourceWrite.Content content = write.content();
        int[] compartment = numbers(content == null ? write.patients() : content.patients());
        if (content == null) {
            if (latest != null) {
                // A deletion stays in the compartments of the resource, so that exports of these compartments list it.
                compartment = IntStream.concat(IntStream.of(latest.compartment()), IntStream.of(compartment))
                        .distinct()
                        .toArray();
            }
            return new NewVersion(
                    write.key(),
                    meta,
                    timestamp,
                    compartment,
                    former(before, compartment),
                    NewVersion.NO_HASHES,
                    null,
                    null);
        }
        String lastUpdated = meta.lastUpdated();
        return new NewVersion(
                write.key(),
                meta,
                timestamp,
                compartment,
                former(before, compartment),
                content.tokenHashes(),
                content.provenance(),
                content.line().pieces(meta.versionId(), lastUpdated == null ? text : lastUpdated));
    }

    private static int[] former(@Nullable CurrentVersion before, int[] compartment) {
        return before == null ? new int[0] : before.leaving(compartment);
    }

    private int[] numbers(List<String> names) {
        return names.stream().mapToInt(patients::get).distinct().toArray();
    }
}
