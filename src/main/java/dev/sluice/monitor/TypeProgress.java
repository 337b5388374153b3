package dev.sluice.monitor;

import org.jspecify.annotations.Nullable;

/**
 * How far a job is with one type.
 *
 * @param type the resource type; of deletions, with the word "deleted"
 * @param units the number of units that have something of it
 * @param unitsDone of these, those that are done
 * @param doneBytes the bytes that are done
 * @param totalBytes all bytes
 * @param doneRows the rows that are done; null = not known
 * @param totalRows all rows; null = not known
 */
public record TypeProgress(
        String type,
        int units,
        int unitsDone,
        long doneBytes,
        long totalBytes,
        @Nullable Long doneRows,
        @Nullable Long totalRows) {}
