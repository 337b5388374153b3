package dev.sluice.monitor;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job in a list.
 *
 * @param kind such as {@code export}
 * @param owner the client that it belongs to, as issuer and id; empty in open mode
 * @param state where it stands
 * @param priority low, normal or high
 * @param request what was requested
 * @param created when it was recorded
 * @param updated when it last made progress
 * @param started when it was planned; null = it is not
 * @param paused since when it is paused; null = it is not
 * @param finished when it ended; null = it has not
 * @param expires when it and what it made are erased; null = it has not ended
 * @param units the number of its units; 0 while it is not planned, and for a reader who may not know what it reads, as are
 *     the next two and the bytes
 * @param unitsDone of these, those that are done
 * @param unitsRunning of these, those that processes have leased
 * @param doneBytes the bytes that are done
 * @param totalBytes the bytes of all units
 * @param doneRows the rows that are read; the written ones for a reader who may not know that
 * @param totalRows the rows that all units read; null = not known, as of an import
 * @param writtenRows the rows that the units that are done wrote, to files or to the store; filters leave rows out
 * @param progress its percentage, rates and end
 * @param failure why it has failed, or why the step that is tried again failed last; null = nothing has failed
 */
public record JobSummary(
        UUID id,
        String kind,
        String owner,
        JobState state,
        String priority,
        JobDescription request,
        Instant created,
        Instant updated,
        @Nullable Instant started,
        @Nullable Instant paused,
        @Nullable Instant finished,
        @Nullable Instant expires,
        int units,
        int unitsDone,
        int unitsRunning,
        long doneBytes,
        long totalBytes,
        long doneRows,
        @Nullable Long totalRows,
        long writtenRows,
        ProgressEstimate progress,
        @Nullable String failure) {

    /** The same without numbers of what the job reads. What it has written is for its owner. */
    JobSummary withoutReads() {
        return new JobSummary(
                id,
                kind,
                owner,
                state,
                priority,
                request,
                created,
                updated,
                started,
                paused,
                finished,
                expires,
                0,
                0,
                0,
                0,
                0,
                writtenRows,
                null,
                writtenRows,
                new ProgressEstimate(progress.percent(), null, null, progress.end()),
                failure);
    }
}
