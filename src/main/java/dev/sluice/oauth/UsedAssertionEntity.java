package dev.sluice.oauth;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The row of an assertion that a client has used. Only {@link UsedAssertionRepository} writes and removes it. */
@Entity
@Table(name = "used_assertion")
@SuppressWarnings({"UnusedVariable", "FieldCanBeFinal"}) // Hibernate uses the fields
class UsedAssertionEntity {
    @Id
    private String id = "";

    private @Nullable Instant expiresAt;

    /** For Hibernate. */
    protected UsedAssertionEntity() {}
}
