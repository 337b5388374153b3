package dev.sluice.disclosure;

import dev.sluice.audit.Activity;
import dev.sluice.audit.Actor;
import dev.sluice.audit.AuditEventJson;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An export as an AuditEvent about one patient.
 *
 * @param certain whether the patient was in the export; otherwise they may have been
 */
record DisclosureEvent(DisclosureRepository.Export export, ResourceKey patient, boolean certain) {
    private static final String ROLE = "http://terminology.hl7.org/CodeSystem/object-role";
    private static final String PERSON = "1";
    private static final String IS_PATIENT = "1";

    /** The code of an outcome that is no success, or not known. */
    private static final int NOT_COMPLETE = 4;

    byte[] line() {
        Integer ended = export.getOutcome();
        ObjectNode event = AuditEventJson.of(
                export.getJobId().toString(),
                Activity.PATIENT_EXPORTED,
                new Actor(export.getIssuer(), export.getClient(), null),
                export.getRecordedAt(),
                ended == null ? NOT_COMPLETE : ended);
        event.put("outcomeDesc", outcome(ended));
        ArrayNode entities = event.putArray("entity");
        ofPatient(entities.addObject());
        ofExport(entities.addObject());
        return AuditEventJson.line(event);
    }

    private static String outcome(@Nullable Integer ended) {
        return ended == null
                ? "The export has not ended, or was deleted before its end."
                : ended == 0 ? "The export was completed." : "The export failed.";
    }

    private void ofPatient(ObjectNode entity) {
        entity.putObject("what").put("reference", patient.toString());
        entity.putObject("type").put("system", AuditEventJson.ENTITY_TYPE).put("code", PERSON);
        entity.putObject("role").put("system", ROLE).put("code", IS_PATIENT);
        entity.put("description", certain ? "was included" : "may have been included");
        detail(entity.putArray("detail"), "inclusion", certain ? "certain" : "possible");
    }

    private void ofExport(ObjectNode entity) {
        entity.putObject("what")
                .putObject("identifier")
                .put("value", export.getJobId().toString());
        entity.putObject("type").put("system", AuditEventJson.ENTITY_TYPE).put("code", AuditEventJson.SYSTEM_OBJECT);
        ArrayNode details = entity.putArray("detail");
        detail(details, "scope", export.getScope());
        detail(details, "types", export.getTypes());
        detail(details, "filtered", export.getFiltered());
        detail(details, "deidentifiedBy", export.getDeidentifiedBy());
        detail(details, "transactionTime", FhirInstant.format(export.getAsOf()));
        detail(details, "since", export.getSince() == null ? null : FhirInstant.format(export.getSince()));
    }

    private static void detail(ArrayNode details, String type, @Nullable String value) {
        if (value != null) {
            details.addObject().put("type", type).put("valueString", value);
        }
    }
}
