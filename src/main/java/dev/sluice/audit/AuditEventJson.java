package dev.sluice.audit;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import java.time.Instant;
import java.util.Arrays;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what all AuditEvents have.
 *
 * @see <a href="https://hl7.org/fhir/R4/auditevent.html">AuditEvent</a>
 */
public final class AuditEventJson {
    /** The code system of the types of entities. */
    public static final String ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type";

    /** The type of an entity that is no person. */
    public static final String SYSTEM_OBJECT = "2";

    private static final String IP_ADDRESS = "2";

    private AuditEventJson() {}

    /** An event without its entities. */
    public static ObjectNode of(String id, Activity kind, Actor actor, Instant recorded, int outcome) {
        ObjectNode event = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "AuditEvent")
                .put("id", id);
        coding(event.putObject("type"), kind.type());
        ArrayNode subtypes = event.putArray("subtype");
        coding(subtypes.addObject(), kind.subtype());
        subtypes.addObject().put("system", "urn:sluice:activity").put("code", kind.code());
        event.put("action", kind.action())
                .put("recorded", FhirInstant.format(recorded))
                .put("outcome", Integer.toString(outcome));
        agent(event.putArray("agent").addObject(), actor);
        event.putObject("source").putObject("observer").put("display", "Sluice");
        return event;
    }

    /** An event as a line of NDJSON. */
    public static byte[] line(ObjectNode event) {
        byte[] json = FhirJson.MAPPER.writeValueAsBytes(event);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static void agent(ObjectNode agent, Actor actor) {
        if (actor.client() != null) {
            ObjectNode identifier = agent.putObject("who").putObject("identifier");
            if (actor.issuer() != null) {
                identifier.put("system", actor.issuer());
            }
            identifier.put("value", actor.client());
        }
        agent.put("requestor", true);
        if (actor.address() != null) {
            agent.putObject("network").put("address", actor.address()).put("type", IP_ADDRESS);
        }
    }

    private static void coding(ObjectNode coding, Activity.Code code) {
        coding.put("system", code.system()).put("code", code.code()).put("display", code.display());
    }
}
