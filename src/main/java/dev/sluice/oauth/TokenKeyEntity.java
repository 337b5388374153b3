package dev.sluice.oauth;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import org.hibernate.annotations.Generated;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** The row of a key that signs access tokens. */
@Entity
@Table(name = "token_key")
@SuppressWarnings("FieldCanBeFinal") // Hibernate uses the fields
class TokenKeyEntity implements Persistable<String> {
    @Id
    private String id;

    private String jwk;

    @Generated(sql = "clock_timestamp()")
    private @Nullable Instant createdAt;

    /** For Hibernate. */
    protected TokenKeyEntity() {
        this("", "");
    }

    TokenKeyEntity(String id, String jwk) {
        this.id = id;
        this.jwk = jwk;
    }

    @Override
    public String getId() {
        return id;
    }

    /** An entity is only made to record a key. */
    @Override
    @Transient
    public boolean isNew() {
        return true;
    }

    /** The key, as {@link KeyCipher} writes it. */
    String jwk() {
        return jwk;
    }

    Instant createdAt() {
        return createdAt == null ? Instant.MAX : createdAt;
    }
}
