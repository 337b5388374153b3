package dev.sluice.audit;

import dev.sluice.fhir.FhirJson;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Objects;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The row of an event. */
@Entity
@Immutable
@Table(name = "audit_event")
class AuditEventEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @Generated(sql = "clock_timestamp()")
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

    AuditEventEntity(Actor actor, Act act) {
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

    /** The values of the columns that the database does not make, as a JSON object. */
    String columns() {
        return FhirJson.MAPPER
                .createObjectNode()
                .put("activity", activity)
                .put("outcome", outcome)
                .put("issuer", issuer)
                .put("client", client)
                .put("address", address)
                .put("subject", subject)
                .put("detail", detail)
                .put("amount", amount)
                .toString();
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
