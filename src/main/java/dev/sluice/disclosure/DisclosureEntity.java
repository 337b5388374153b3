package dev.sluice.disclosure;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** The row of an export. {@link DisclosureRepository} adds and reads it. */
@Entity
@Immutable
@Table(name = "disclosure")
@SuppressWarnings("UnusedVariable") // Hibernate uses the field
class DisclosureEntity {
    @Id
    private @Nullable UUID jobId;

    /** For Hibernate. */
    protected DisclosureEntity() {}
}
