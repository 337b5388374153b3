package dev.sluice.bulkimport;

import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.ReferenceExtractor;
import dev.sluice.r4.UnresolvedReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * Counts the references of the lines of a load that name no resource of this server. Such a reference is stored as it is,
 * and puts its resource in no compartment. For one load and one thread.
 */
final class UnresolvedReferences {
    /** The number of servers whose references are counted separately; those to all others are counted together. */
    private static final int SERVERS = 10;

    private final OwnBases bases;
    private final ReferenceExtractor scan;
    private final Map<Kind, Count> counts = new LinkedHashMap<>();

    private record Kind(UnresolvedReference kind, @Nullable String server) {}

    /**
     * How many references of one kind there are.
     *
     * @param kind the code of an {@link UnresolvedReference}
     * @param server the base URL of the server that they name; null if they name none, or one of many
     * @param count how many
     * @param example one of them
     */
    record Count(String kind, @Nullable String server, long count, String example) {
        /** A sentence for the client. */
        String text() {
            String which = count + (count == 1 ? " reference" : " references");
            String such = ", such as '" + example + "'";
            if (kind.equals(UnresolvedReference.CONDITIONAL.code())) {
                return which + such + ": conditional references are resolved in transaction Bundles only.";
            }
            if (kind.equals(UnresolvedReference.URN.code())) {
                return which + such + ": urn: references are resolved in transaction Bundles only.";
            }
            if (kind.equals(UnresolvedReference.OTHER_SERVER.code())) {
                return which + " to " + (server == null ? "other servers" : "the server " + server) + such
                        + ": if that was a base of this data, add it to sluice.other-bases before you load the files.";
            }
            return which + such + ": not of the form [type]/[id], with a resource type of R4.";
        }
    }

    /** @param bases of absolute references to this server */
    UnresolvedReferences(OwnBases bases) {
        this.bases = bases;
        this.scan = new ReferenceExtractor(bases);
    }

    /** The bases of absolute references to this server. */
    OwnBases bases() {
        return bases;
    }

    /** Counts those of one resource, which is valid JSON. */
    void add(byte[] json, int offset, int length) {
        scan.eachUnresolved(json, offset, length, this::add);
    }

    private void add(UnresolvedReference kind, String reference) {
        LiteralReference literal = LiteralReference.parse(reference);
        Kind counted = new Kind(kind, literal == null ? null : literal.base());
        if (!counts.containsKey(counted) && counts.size() >= SERVERS) {
            counted = new Kind(kind, null);
        }
        counts.merge(
                counted,
                new Count(kind.code(), counted.server, 1, StringUtils.abbreviate(reference, "…", 201)),
                (before, one) -> new Count(before.kind, before.server, before.count + 1, before.example));
    }

    /** The counts, one for each kind and server. */
    List<Count> counts() {
        return new ArrayList<>(counts.values());
    }
}
