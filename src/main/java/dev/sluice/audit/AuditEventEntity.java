package dev.sluice.audit;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The row of an event. */
@Entity
@Immutable
@Table(name = "audit_event")
class AuditEventEntity {
    private static final String ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private static final String SYSTEM_OBJECT = "2";
    private static final String IP_ADDRESS = "2";

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

    /** The line of its AuditEvent. */
    byte[] line() {
        Activity kind = Activity.valueOf(activity);
        ObjectNode event = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "AuditEvent")
                .put("id", Long.toString(id()));
        coding(event.putObject("type"), kind.type());
        ArrayNode subtypes = event.putArray("subtype");
        coding(subtypes.addObject(), kind.subtype());
        subtypes.addObject().put("system", "urn:sluice:activity").put("code", kind.code());
        event.put("action", kind.action())
                .put("recorded", FhirInstant.format(recordedAt()))
                .put("outcome", Short.toString(outcome));
        agent(event.putArray("agent").addObject());
        event.putObject("source").putObject("observer").put("display", "Sluice");
        if (subject != null || detail != null || amount != null) {
            entity(event.putArray("entity").addObject());
        }
        byte[] json = FhirJson.MAPPER.writeValueAsBytes(event);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private void agent(ObjectNode agent) {
        if (client != null) {
            ObjectNode identifier = agent.putObject("who").putObject("identifier");
            if (issuer != null) {
                identifier.put("system", issuer);
            }
            identifier.put("value", client);
        }
        agent.put("requestor", true);
        if (address != null) {
            agent.putObject("network").put("address", address).put("type", IP_ADDRESS);
        }
    }

    private void entity(ObjectNode entity) {
        if (subject != null) {
            entity.putObject("what").putObject("identifier").put("value", subject);
        }
        entity.putObject("type").put("system", ENTITY_TYPE).put("code", SYSTEM_OBJECT);
        if (detail != null) {
            entity.put("description", detail);
        }
        if (amount != null) {
            entity.putArray("detail").addObject().put("type", "count").put("valueString", Long.toString(amount));
        }
    }

    private static void coding(ObjectNode coding, Activity.Code code) {
        coding.put("system", code.system()).put("code", code.code()).put("display", code.display());
    }
}
