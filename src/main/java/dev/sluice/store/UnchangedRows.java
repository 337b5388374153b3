package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds the writes whose content is already stored. It fetches no bodies: it compares lengths first, and for equal
 * lengths the SHA-256 that PostgreSQL computes.
 */
final class UnchangedRows {
    private final JdbcTemplate jdbc;

    UnchangedRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** A write, and a version that may have the same content. */
    record Pair(ResourceWrite write, @Nullable CurrentVersion version) {}

    /** The writes whose body equals that of the version byte for byte, apart from number and time. */
    Set<ResourceWrite> among(Collection<Pair> pairs) {
        Map<ResourceType, List<Candidate>> byType = new HashMap<>();
        for (Pair pair : pairs) {
            ResourceWrite write = pair.write();
            CurrentVersion version = pair.version();
            if (version == null || version.deleted() || write.content() == null) {
                continue;
            }
            List<ByteBuffer> body = body(write.content(), version);
            if (version.bytes() == NewVersion.bytes(body)) {
                byType.computeIfAbsent(write.key().type(), type -> new ArrayList<>())
                        .add(new Candidate(write, version.meta().rowVersion(), body));
            }
        }
        Set<ResourceWrite> same = Collections.newSetFromMap(new IdentityHashMap<>());
        byType.forEach((type, candidates) -> compare(type, candidates, same));
        return same;
    }

    /** Whether the content equals that of a version that is not written yet. */
    static boolean isSame(ResourceWrite.Content content, NewVersion version) {
        List<ByteBuffer> body = version.body();
        MessageDigest digest = DigestUtils.getSha256Digest();
        return body != null
                && MessageDigest.isEqual(hash(digest, body(content, version.asCurrent())), hash(digest, body));
    }

    private static List<ByteBuffer> body(ResourceWrite.Content content, CurrentVersion version) {
        return content.line().pieces(version.meta().versionId(), version.metaLastUpdated());
    }

    private record Candidate(ResourceWrite write, int rowVersion, List<ByteBuffer> body) {}

    private void compare(ResourceType type, List<Candidate> candidates, Set<ResourceWrite> same) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        jdbc.query(
                "select u.n, sha256(convert_to(r.body, 'UTF8')) from unnest(?::text[], ?::int[]) with ordinality"
                        + " as u(id, version, n) join resource r on r.type = '" + type
                        + "' and r.id = u.id and r.version_id = u.version",
                row -> {
                    Candidate candidate = candidates.get(row.getInt(1) - 1);
                    if (MessageDigest.isEqual(hash(digest, candidate.body()), row.getBytes(2))) {
                        same.add(candidate.write());
                    }
                },
                candidates.stream()
                        .map(candidate -> candidate.write().key().id())
                        .toArray(String[]::new),
                candidates.stream().map(Candidate::rowVersion).toArray(Integer[]::new));
    }

    private static byte[] hash(MessageDigest digest, List<ByteBuffer> pieces) {
        pieces.forEach(piece -> digest.update(piece.duplicate()));
        return digest.digest();
    }
}
