package dev.sluice.bulkimport;

import dev.sluice.fhir.VersionedJson;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.WriteResult;
import dev.sluice.store.WriteResult.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * How much of a file or a body is in the store. A unit records it in the transaction of each batch, so that a repetition
 * writes no line twice, and still counts all lines.
 *
 * @param source the version of the file; in another version, lines have other numbers
 * @param line the last line that is written, or was left out; 0 = none
 * @param kinds the number of versions by kind of result, up to this line
 * @param conflicts the lines up to this one that were left out because of what the store held; other bad lines are known by
 *     reading them again
 */
record LoadCheckpoint(String source, long line, Map<Kind, Long> kinds, List<Long> conflicts) {
    private static final int FORM = 1;

    LoadCheckpoint {
        kinds = Map.copyOf(kinds);
        conflicts = List.copyOf(conflicts);
    }

    /** Before the first line. */
    static LoadCheckpoint start(String source) {
        return new LoadCheckpoint(source, 0, Map.of(), List.of());
    }

    /** Where to go on with a file: where the last try got to, if it read the same version; at its start otherwise. */
    static LoadCheckpoint of(@Nullable String recorded, String source) {
        Optional<LoadCheckpoint> last = recorded == null
                ? Optional.empty()
                : VersionedJson.find(recorded, new TypeReference<>() {}, FORM, "checkpoint of the import");
        return last.filter(checkpoint -> checkpoint.source.equals(source)).orElseGet(() -> start(source));
    }

    String text() {
        return VersionedJson.write(this, FORM);
    }

    /** The same after one more batch, up to this line. */
    LoadCheckpoint plus(long last, List<ResourceWrite> writes, List<WriteResult> results) {
        Map<Kind, Long> counted = new EnumMap<>(Kind.class);
        counted.putAll(kinds);
        List<Long> conflicting = new ArrayList<>(conflicts);
        for (int i = 0; i < results.size(); i++) {
            counted.merge(results.get(i).kind(), 1L, Long::sum);
            ResourceWrite.Origin origin = writes.get(i).origin();
            if (results.get(i).kind() == Kind.CONFLICT && origin != null) {
                conflicting.add(origin.line());
            }
        }
        return new LoadCheckpoint(source, last, counted, conflicting);
    }

    /** Whether a line was left out because of what the store held. */
    boolean conflicted(long number) {
        return conflicts.contains(number);
    }
}
