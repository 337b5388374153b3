package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * One file that an export will write: a range of one type's rows, or of organised lines. Writing it twice produces the
 * same file.
 *
 * @param type the resource type; for organised lines, the type by whose instances they are organised
 * @param content what the lines are
 * @param name the name of the file in the location of the export
 * @param continuesIn the name of the file in which its last block continues; null = it ends here
 * @param range the rows or lines, their number in the snapshot, and their bytes
 * @param view the name of the view whose rows it has; null = it has resources
 */
public record PlannedFile(
        ResourceType type,
        Content content,
        String name,
        @Nullable String continuesIn,
        KeyRange range,
        @Nullable String view) {
    /** What the lines of a file contain. */
    public enum Content {
        /** Resources of one type. */
        RESOURCES,
        /** Transaction Bundles of the ids of deleted resources of one type. */
        DELETIONS,
        /** Resources of any type in blocks, each with a header. */
        ORGANIZED,
        /** Rows of a view. */
        VIEW
    }

    /** A file that has no rows of a view. */
    public PlannedFile(ResourceType type, Content content, String name, @Nullable String continuesIn, KeyRange range) {
        this(type, content, name, continuesIn, range, null);
    }
}
