package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** The stored versions of those resources for which a batch may add earlier versions. */
final class EarlierVersions {
    private final Map<ResourceKey, List<CurrentVersion>> stored = new HashMap<>();
    private final Set<ResourceWrite> repeated = Collections.newSetFromMap(new IdentityHashMap<>());

    private EarlierVersions() {}

    /**
     * Looks up the stored versions that these writes may repeat. No query runs if no write has the number of an earlier
     * version.
     *
     * @param same the writes that are known to equal their current version
     */
    static EarlierVersions of(
            JdbcTemplate jdbc,
            List<ResourceWrite> writes,
            Map<ResourceKey, CurrentVersion> current,
            Set<ResourceWrite> same) {
        EarlierVersions versions = new EarlierVersions();
        List<ResourceWrite> late = writes.stream()
                .filter(write -> !same.contains(write) && mayRepeat(write, current))
                .toList();
        if (!late.isEmpty()) {
            versions.read(jdbc, late);
            versions.compare(jdbc, late);
        }
        return versions;
    }

    private static boolean mayRepeat(ResourceWrite write, Map<ResourceKey, CurrentVersion> current) {
        ResourceWrite.Origin origin = write.origin();
        if (origin == null || !origin.kept() || origin.versionId() == 0) {
            return false;
        }
        CurrentVersion version = current.get(write.key());
        return version != null && origin.versionId() <= version.meta().versionId();
    }

    private void read(JdbcTemplate jdbc, List<ResourceWrite> late) {
        CurrentVersion.each(
                jdbc,
                late,
                "",
                version -> stored.computeIfAbsent(version.key(), key -> new ArrayList<>())
                        .add(version));
    }

    private void compare(JdbcTemplate jdbc, List<ResourceWrite> late) {
        List<UnchangedRows.Pair> pairs = new ArrayList<>();
        for (ResourceWrite write : late) {
            ResourceWrite.Origin origin = write.origin();
            for (CurrentVersion version : stored.getOrDefault(write.key(), List.of())) {
                if (origin != null && mayBe(origin, version.meta())) {
                    pairs.add(new UnchangedRows.Pair(write, version));
                    if (write.content() == null && version.deleted()) {
                        repeated.add(write);
                    }
                }
            }
        }
        repeated.addAll(new UnchangedRows(jdbc).among(pairs));
    }

    /** Whether a version has the number of a line, or another number because that number was in use. */
    static boolean mayBe(ResourceWrite.Origin origin, VersionMeta version) {
        return origin.versionId() == version.versionId()
                || (origin.lastUpdated() != null && origin.lastUpdated().equals(version.lastUpdated()));
    }

    /** Whether the version of a write is stored with this content. */
    boolean contains(ResourceWrite write) {
        return repeated.contains(write);
    }

    /** Whether a version with this number is stored. */
    boolean haveNumber(ResourceKey key, int versionId) {
        return stored.getOrDefault(key, List.of()).stream()
                .anyMatch(version -> version.meta().versionId() == versionId);
    }
}
