package dev.sluice.job;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** A job's row. It is written once here; every later change is a guarded update in {@link JobRepository}. */
@Entity
@Table(name = "job")
@SuppressWarnings("UnusedVariable") // some columns are read by queries only
class JobEntity implements Persistable<UUID> {
    @Id
    private UUID id;

    private String kind;
    private String payload;
    private @Nullable String output;

    @Enumerated(EnumType.STRING)
    private JobStatus status = JobStatus.ACCEPTED;

    private @Nullable String ending;
    private int attempts;
    private boolean erased;
    private int units;
    private int unitsDone;
    private long work;
    private Instant createdAt;
    private Instant updatedAt;
    private @Nullable Instant finishedAt;
    private @Nullable Instant expiresAt;

    /** For Hibernate. */
    protected JobEntity() {
        this(new UUID(0, 0), "", "", null, Instant.EPOCH);
    }

    JobEntity(UUID id, String kind, String payload, @Nullable String output, Instant now) {
        this.id = id;
        this.kind = kind;
        this.payload = payload;
        this.output = output;
        this.createdAt = now;
        this.updatedAt = now;
    }

    @Override
    public UUID getId() {
        return id;
    }

    /** Rows are only ever inserted through the repository. */
    @Override
    @Transient
    public boolean isNew() {
        return true;
    }

    String kind() {
        return kind;
    }

    Job asJob(long done, Job.@Nullable Trouble trouble, @Nullable String heldBy) {
        Job.Progress progress = new Job.Progress(done, work, createdAt, updatedAt, trouble, heldBy);
        Job.Ending end = ending == null || finishedAt == null || expiresAt == null
                ? null
                : new Job.Ending(ending, finishedAt, expiresAt);
        return new Job(id, kind, payload, output, status, progress, end);
    }
}
