package dev.sluice.job;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A unit's row: what to do, how far it is, and its result once it is done. */
@Entity
@Table(name = "work_unit")
@SuppressWarnings("UnusedVariable") // some columns are read by queries only
class WorkUnitEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private UUID jobId;
    private int ordinal;
    private String payload;
    private long work;
    private long done;
    private @Nullable String result;
    private @Nullable String heldBy;
    private int attempts;
    private @Nullable Integer page;

    /** For Hibernate. */
    protected WorkUnitEntity() {
        this(new UUID(0, 0), 0, new JobHandler.Unit("", 0));
    }

    WorkUnitEntity(UUID jobId, int ordinal, JobHandler.Unit unit) {
        this.jobId = jobId;
        this.ordinal = ordinal;
        this.payload = unit.payload();
        this.work = unit.work();
    }

    long id() {
        if (id == null) {
            throw new IllegalStateException("unit " + ordinal + " of job " + jobId + " is not saved yet");
        }
        return id;
    }

    UUID jobId() {
        return jobId;
    }

    String payload() {
        return payload;
    }

    @Nullable
    String result() {
        return result;
    }
}
