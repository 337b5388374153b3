package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Stores the targets of each version of a Provenance, as rows by which an export finds the Provenance of its resources.
 *
 * <p>A target of an earlier version that a later version does not have is stored with the later version as {@code
 * former}. A deletion has all earlier targets as former ones.
 */
@Component
public class ProvenanceTargets {
    private final JdbcTemplate jdbc;

    ProvenanceTargets(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether the compartments of every Provenance determine all patients to which it belongs. */
    public boolean areInCompartments() {
        return Boolean.FALSE.equals(
                jdbc.queryForObject("select exists (select from provenance_unsettled)", Boolean.class));
    }

    /** Those of these types that are, or were, targets of Provenance. */
    public List<ResourceType> types(Collection<ResourceType> types) {
        return jdbc
                .queryForList(
                        "select name from unnest(?::text[]) as u(name)"
                                + " where exists (select from provenance_target t where t.target_type = name)",
                        String.class,
                        (Object) types.stream().map(ResourceType::name).toArray(String[]::new))
                .stream()
                .map(ResourceType::of)
                .toList();
    }

    /**
     * Adds the targets of new versions. Runs in the transaction that writes them.
     *
     * @param before their previous versions, if they exist
     */
    void add(Collection<NewVersion> versions, Map<ResourceKey, CurrentVersion> before) {
        List<NewVersion> added = versions.stream()
                .filter(version -> version.key().type().equals(ResourceType.PROVENANCE))
                .toList();
        if (!added.isEmpty()) {
            addOwn(added);
            keepFormer(added, before);
            // A row of this version exists if the version was removed by hand and is written again.
            jdbc.update(
                    "insert into provenance_unsettled (id, version_id) select * from unnest(?::text[], ?::int[])"
                            + " on conflict (id, version_id) do update set checks = 0, check_at = excluded.check_at",
                    added.stream().map(version -> version.key().id()).toArray(String[]::new),
                    added.stream().map(version -> version.meta().rowVersion()).toArray(Integer[]::new));
        }
    }

    /**
     * Makes settling examine again the Provenance about resources that move to other compartments. Runs in the
     * transaction that moves them, and must be called before it locks any row.
     *
     * @see ProvenanceSettling
     */
    void unsettle(Collection<ResourceKey> moved) {
        if (!moved.isEmpty()) {
            jdbc.queryForList("select pg_advisory_xact_lock_shared(" + ProvenanceSettling.LOCK + ")");
            jdbc.update(
                    "insert into provenance_unsettled (id, version_id) select distinct t.id, t.version_id"
                            + " from unnest(?::text[], ?::text[]) as u(type, id)"
                            + " join provenance_target t on t.target_type = u.type and t.target_id = u.id"
                            + " on conflict do nothing",
                    moved.stream().map(key -> key.type().name()).toArray(String[]::new),
                    moved.stream().map(ResourceKey::id).toArray(String[]::new));
        }
    }

    private void addOwn(List<NewVersion> versions) {
        List<String> ids = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        List<@Nullable Long> recorded = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        for (NewVersion version : versions) {
            ResourceWrite.Provenance provenance = version.provenance();
            if (provenance == null) {
                continue;
            }
            for (ResourceKey target : provenance.targets()) {
                ids.add(version.key().id());
                numbers.add(version.meta().rowVersion());
                recorded.add(millis(provenance.recorded()));
                targets.add(target.toString());
            }
        }
        if (!ids.isEmpty()) {
            jdbc.update(
                    "insert into provenance_target (id, version_id, recorded, target_type, target_id, former)"
                            + " select id, version, to_timestamp(recorded / 1000.0), split_part(target, '/', 1),"
                            + " split_part(target, '/', 2), false"
                            + " from unnest(?::text[], ?::int[], ?::bigint[], ?::text[])"
                            + " as u(id, version, recorded, target) order by target collate \"C\"", // in the order of
                    // the index
                    ids.toArray(String[]::new),
                    numbers.toArray(Integer[]::new),
                    recorded.toArray(Long[]::new),
                    targets.toArray(String[]::new));
        }
    }

    private static @Nullable Long millis(@Nullable Instant recorded) {
        return recorded == null ? null : recorded.toEpochMilli();
    }

    private void keepFormer(List<NewVersion> versions, Map<ResourceKey, CurrentVersion> before) {
        List<NewVersion> later = versions.stream()
                .filter(version -> before.containsKey(version.key()))
                .toList();
        if (!later.isEmpty()) {
            jdbc.update(
                    "insert into provenance_target (id, version_id, recorded, target_type, target_id, former)"
                            + " select t.id, u.version, t.recorded, t.target_type, t.target_id, true"
                            + " from unnest(?::text[], ?::int[]) as u(id, version)"
                            + " join provenance_target t on t.id = u.id and t.version_id = u.version - 1"
                            + " where not exists (select from provenance_target n where n.id = u.id"
                            + " and n.version_id = u.version and n.target_type = t.target_type"
                            + " and n.target_id = t.target_id)",
                    later.stream().map(version -> version.key().id()).toArray(String[]::new),
                    later.stream().map(version -> version.meta().rowVersion()).toArray(Integer[]::new));
        }
    }

    /** Deletes the targets of the Provenance versions with these keys, which are about to be removed. */
    void delete(Long[] keys) {
        for (String table : List.of("provenance_target", "provenance_unsettled")) {
            jdbc.update(
                    "delete from " + table + " t using resource r where r.type = 'Provenance'"
                            + " and r.key = any(?::bigint[]) and t.id = r.id and t.version_id = r.version_id",
                    (Object) keys);
        }
    }
}
