package dev.sluice.job;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The row of a unit: what to do, and its result when it is done. {@link WorkUnitRepository} reads and changes it. */
@Entity
@Table(name = "work_unit")
@SuppressWarnings("UnusedVariable") // queries use the fields
class WorkUnitEntity {
    @Id
    private @Nullable Long id;

    private @Nullable UUID jobId;
    private int ordinal;
    private @Nullable String result;
    private @Nullable Integer page;

    /** For Hibernate. */
    protected WorkUnitEntity() {}
}
