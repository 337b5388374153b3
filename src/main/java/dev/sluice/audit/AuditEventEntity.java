package dev.sluice.audit;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Objects;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The row of an event. */
@Entity
@Immutable
@Table(name = "audit_event")
class AuditEventEntity {
    @Id
    private @Nullable Long id;

    private @Nullable Instant recordedAt;

    private String activity = "";
    private short outcome;
    private @Nullable String issuer;
    private @Nullable String client;
    private @Nullable String address;
    private @Nullable String subject;
    private @Nullable String detail;
    private @Nullable Long amount;

    /** For Hibernate. */
    protected AuditEventEntity() {}

    AuditEventEntity(long id, Instant recordedAt, Actor actor, Act act) {
        this.id = id;
        this.recordedAt = recordedAt;
        this.activity = act.activity().name();
        this.outcome = (short) act.outcome().code();
        this.issuer = actor.issuer();
        this.client = actor.client();
        this.address = actor.address();
        this.subject = act.subject();
        this.detail = act.detail();
        this.amount = act.amount();
    }

    long id() {
        return Objects.requireNonNull(id);
    }

    Instant recordedAt() {
        return Objects.requireNonNull(recordedAt);
    }

    /** The event for people. */
    AuditLog.Event event() {
        Act.Outcome result = Act.Outcome.of(outcome);
        return new AuditLog.Event(
                recordedAt(), Activity.valueOf(activity).code(), result, client, address, subject, detail, amount);
    }

    /** The line of its AuditEvent. */
    byte[] line() {
        ObjectNode event = AuditEventJson.of(
                Long.toString(id()),
                Activity.valueOf(activity),
                new Actor(issuer, client, address),
                recordedAt(),
                outcome);
        if (subject != null || detail != null || amount != null) {
            entity(event.putArray("entity").addObject());
        }
        return AuditEventJson.line(event);
    }

    private void entity(ObjectNode entity) {
        if (subject != null) {
            entity.putObject("what").putObject("identifier").put("value", subject);
        }
        entity.putObject("type").put("system", AuditEventJson.ENTITY_TYPE).put("code", AuditEventJson.SYSTEM_OBJECT);
        if (detail != null) {
            entity.put("description", detail);
        }
        if (amount != null) {
            entity.putArray("detail").addObject().put("type", "count").put("valueString", Long.toString(amount));
        }
    }
}
