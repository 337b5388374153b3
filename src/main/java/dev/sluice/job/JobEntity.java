package dev.sluice.job;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Generated;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** The row of a job as it is recorded. Each later change is a guarded update in {@link JobRepository}. */
@Entity
@Table(name = "job")
@SuppressWarnings({"UnusedVariable", "FieldCanBeFinal"}) // Hibernate and queries use the fields
class JobEntity implements Persistable<UUID> {
    private static final String NOW = "clock_timestamp()";

    @Id
    private UUID id;

    private String kind;
    private String owner;
    private String payload;
    private @Nullable String output;
    private @Nullable String trace;

    @Enumerated(EnumType.STRING)
    private JobStatus status = JobStatus.ACCEPTED;

    private int units;
    private int unitsDone;
    private long work;
    private int priority;

    @Generated(sql = NOW)
    private @Nullable Instant createdAt;

    @Generated(sql = NOW)
    private @Nullable Instant updatedAt;

    /** For Hibernate. */
    protected JobEntity() {
        this(new UUID(0, 0), "", "", "", null);
    }

    JobEntity(UUID id, String kind, String owner, String payload, @Nullable String output) {
        this.id = id;
        this.kind = kind;
        this.owner = owner;
        this.payload = payload;
        this.output = output;
    }

    /** Has the steps of the job belong to a trace; null = to none. */
    JobEntity in(@Nullable String traceparent) {
        this.trace = traceparent;
        return this;
    }

    /** Gives the job a priority other than the normal one, 0. */
    JobEntity withPriority(int level) {
        this.priority = level;
        return this;
    }

    @Override
    public UUID getId() {
        return id;
    }

    /** An entity is only made to record a job. */
    @Override
    @Transient
    public boolean isNew() {
        return true;
    }
}
