package dev.sluice.planner;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What limits an export beside the parameters that its client chose.
 *
 * @param restrictions for each type that the client may export in part only, the queries of which a resource must match
 *     one; the filters of the export contain them
 * @param groups the ids of the Groups whose members may be exported; null = all
 */
public record ExportBounds(
        Map<String, List<String>> restrictions, @Nullable Set<String> groups) {
    /** No limits. */
    public static final ExportBounds NONE = new ExportBounds(Map.of(), null);

    public ExportBounds {
        restrictions = Map.copyOf(restrictions);
        groups = groups == null ? null : Set.copyOf(groups);
    }

    /** Whether a Group exists to the client. */
    public boolean allowGroup(String id) {
        return groups == null || groups.contains(id);
    }
}
