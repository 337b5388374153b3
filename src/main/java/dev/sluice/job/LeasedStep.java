package dev.sluice.job;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The row that {@link StepQueue#lease} reads: the job, and its unit, whose id is 0 if the step is of the job itself. */
record LeasedStep(
        long unit,
        int number,
        String unitPayload,
        long leaseVersion,
        int attempts,
        int failures,
        UUID id,
        String kind,
        String owner,
        String payload,
        @Nullable String output,
        @Nullable String plan,
        JobStatus status,
        @Nullable String ending,
        long work,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt,
        @Nullable OffsetDateTime finishedAt,
        @Nullable OffsetDateTime expiresAt,
        @Nullable String trace) {
    Lease lease() {
        Job.Progress progress =
                new Job.Progress(0, work, createdAt.toInstant(), updatedAt.toInstant(), null, null, null);
        Job.Ending end = Job.Ending.of(ending, instant(finishedAt), instant(expiresAt));
        Job job = new Job(id, kind, owner, payload, output, status, progress, end);
        Step step = unit > 0 ? Step.RUN : Step.of(status);
        return new Lease(step, job, plan, unit, number, unitPayload, leaseVersion, attempts, failures, trace);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
