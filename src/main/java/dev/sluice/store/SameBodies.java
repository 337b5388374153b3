package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds the drafts that would change nothing. No body is fetched for that, whatever its size: lengths are compared first,
 * and of those that are equal PostgreSQL gives the SHA-256.
 */
final class SameBodies {
    private final JdbcTemplate jdbc;

    SameBodies(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The keys of the drafts whose body is, byte for byte, that of the current version. */
    Set<ResourceKey> among(List<Draft> drafts, Map<ResourceKey, CurrentVersion> current) {
        Map<ResourceType, Map<String, Candidate>> byType = new HashMap<>();
        for (Draft draft : drafts) {
            CurrentVersion version = current.get(draft.key());
            if (version == null || version.deleted() || draft.content() == null) {
                continue;
            }
            List<ByteBuffer> body =
                    draft.content().line().pieces(version.versionId(), Instant.ofEpochMilli(version.lastUpdated()));
            if (version.bytes() == NewVersion.bytes(body)) {
                byType.computeIfAbsent(draft.key().type(), type -> new HashMap<>())
                        .put(draft.key().id(), new Candidate(version.versionId(), body));
            }
        }
        Set<ResourceKey> same = new HashSet<>();
        byType.forEach((type, candidates) -> compare(type, candidates, same));
        return same;
    }

    private record Candidate(int versionId, List<ByteBuffer> body) {}

    private void compare(ResourceType type, Map<String, Candidate> candidates, Set<ResourceKey> same) {
        MessageDigest digest = sha256();
        jdbc.query(
                "select r.id, sha256(convert_to(r.body, 'UTF8')) from unnest(?::text[], ?::int[]) as u(id, version)"
                        + " join resource r on r.type = '" + type + "' and r.id = u.id and r.version_id = u.version",
                row -> {
                    String id = row.getString(1);
                    Candidate candidate = candidates.get(id);
                    if (candidate != null) {
                        candidate.body().forEach(piece -> digest.update(piece.duplicate()));
                        if (MessageDigest.isEqual(digest.digest(), row.getBytes(2))) {
                            same.add(new ResourceKey(type, id));
                        }
                    }
                },
                candidates.keySet().toArray(String[]::new),
                candidates.values().stream().map(Candidate::versionId).toArray(Integer[]::new));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
