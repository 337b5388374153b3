package dev.sluice.r4;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which elements of R4 can hold one of the 18 identifiers that the Safe Harbor method of HIPAA removes, by their data types
 * and names.
 *
 * <p>Codes, booleans and most numbers are none of them, though a code can be a rare one, and a number can be an age.
 *
 * @see <a href="https://www.ecfr.gov/current/title-45/section-164.514">45 CFR 164.514(b)(2)</a>
 */
public final class IdentifyingElements {
    /** What an element can hold. The letters are those of the regulation. */
    public enum Kind {
        NAME("A", "names"),
        PLACE("B", "places smaller than a state"),
        DATE("C", "dates and ages"),
        CONTACT("D, E, F", "telephone and fax numbers, e-mail addresses"),
        NUMBER("G to M", "numbers of people, accounts, licences, vehicles and devices"),
        URL("N, O", "URLs and IP addresses"),
        FILE("P, Q", "photographs, files and biometric data"),
        ID("R", "ids and references"),
        TEXT("A to R", "free text");

        private final String letters;
        private final String text;

        Kind(String letters, String text) {
            this.letters = letters;
            this.text = text;
        }

        public String letters() {
            return letters;
        }

        public String text() {
            return text;
        }
    }

    /** The id that every element but a resource may have, for references within the resource. */
    public static final String ELEMENT_ID = "Element.id";

    /** What the primitive types hold where nothing below says otherwise. */
    private static final Map<String, Kind> BY_TYPE = Map.ofEntries(
            Map.entry("date", Kind.DATE),
            Map.entry("dateTime", Kind.DATE),
            Map.entry("instant", Kind.DATE),
            Map.entry("time", Kind.DATE),
            Map.entry("uri", Kind.URL),
            Map.entry("url", Kind.URL),
            Map.entry("canonical", Kind.URL),
            Map.entry("oid", Kind.URL),
            Map.entry("uuid", Kind.URL),
            Map.entry("base64Binary", Kind.FILE),
            Map.entry("id", Kind.ID),
            Map.entry("string", Kind.TEXT),
            Map.entry("markdown", Kind.TEXT),
            Map.entry("xhtml", Kind.TEXT));

    /** What strings and addresses in these data types hold, instead of free text. */
    private static final Map<String, Kind> BY_OWNER = Map.of(
            "HumanName", Kind.NAME,
            "ContactDetail", Kind.NAME,
            "Address", Kind.PLACE,
            "ContactPoint", Kind.CONTACT,
            "Identifier", Kind.NUMBER,
            "Attachment", Kind.FILE,
            "Signature", Kind.FILE,
            "SampledData", Kind.FILE);

    private static final Map<String, Kind> BY_ELEMENT = Map.ofEntries(
            Map.entry(ELEMENT_ID, Kind.ID),
            Map.entry("Reference.reference", Kind.ID),
            Map.entry("Age.value", Kind.DATE),
            Map.entry("AuditEvent.agent.network.address", Kind.URL),
            Map.entry("AuditEvent.agent.name", Kind.NAME),
            Map.entry("CareTeam.name", Kind.NAME),
            Map.entry("FamilyMemberHistory.name", Kind.NAME),
            Map.entry("Group.name", Kind.NAME),
            Map.entry("Organization.name", Kind.NAME),
            Map.entry("Organization.alias", Kind.NAME),
            Map.entry("HealthcareService.name", Kind.NAME),
            Map.entry("Location.name", Kind.PLACE),
            Map.entry("Location.alias", Kind.PLACE),
            Map.entry("Location.description", Kind.PLACE),
            Map.entry("Location.position.longitude", Kind.PLACE),
            Map.entry("Location.position.latitude", Kind.PLACE),
            Map.entry("Location.position.altitude", Kind.PLACE),
            Map.entry("Coverage.subscriberId", Kind.NUMBER),
            Map.entry("Coverage.dependent", Kind.NUMBER),
            Map.entry("Coverage.class.value", Kind.NUMBER),
            Map.entry("Device.distinctIdentifier", Kind.NUMBER),
            Map.entry("Device.lotNumber", Kind.NUMBER),
            Map.entry("Device.serialNumber", Kind.NUMBER),
            Map.entry("Device.udiCarrier.deviceIdentifier", Kind.NUMBER),
            Map.entry("Device.udiCarrier.carrierAIDC", Kind.NUMBER),
            Map.entry("Device.udiCarrier.carrierHRF", Kind.NUMBER),
            Map.entry("VerificationResult.attestation.sourceIdentityCertificate", Kind.NUMBER),
            Map.entry("VerificationResult.attestation.proxyIdentityCertificate", Kind.NUMBER));

    /** What names something that is no person and no place: a state, a code system, a unit, a form, a type. */
    private static final Set<String> HARMLESS = Set.of(
            "Address.state",
            "Address.country",
            "Age.system",
            "Age.unit",
            "Coding.system",
            "Count.system",
            "Count.unit",
            "Distance.system",
            "Distance.unit",
            "Duration.system",
            "Duration.unit",
            "Extension.url",
            "Meta.profile",
            "Quantity.system",
            "Quantity.unit",
            "QuestionnaireResponse.questionnaire",
            "Reference.type",
            "SimpleQuantity.system",
            "SimpleQuantity.unit");

    /** Quantities and ranges in these elements are ages. */
    private static final Set<String> AGES = Set.of(
            "AllergyIntolerance.onset",
            "Condition.onset",
            "Condition.abatement",
            "FamilyMemberHistory.age",
            "FamilyMemberHistory.deceased",
            "FamilyMemberHistory.condition.onset",
            "Group.characteristic.value",
            "Observation.referenceRange.age",
            "Procedure.performed",
            "RequestGroup.action.timing",
            "RiskAssessment.prediction.when");

    private IdentifyingElements() {}

    /**
     * What a primitive element can hold; null if none of the 18 identifiers.
     *
     * @param path its names in FHIRPath, from the type of the resource on
     * @param element the same from the nearest data type on, such as {@code Timing.repeat.timeOfDay}
     * @param type its primitive type
     */
    public static @Nullable Kind of(String path, String element, String type) {
        if (HARMLESS.contains(element) || path.endsWith(".linkId")) {
            return null;
        }
        Kind named = BY_ELEMENT.get(element);
        if (named != null) {
            return named;
        }
        if (element.endsWith("Quantity.value") && isAge(path.substring(0, path.lastIndexOf('.')))) {
            return Kind.DATE;
        }
        Kind byType = BY_TYPE.get(type);
        boolean ofOwner = byType == Kind.TEXT || byType == Kind.URL || byType == Kind.FILE;
        return ofOwner ? BY_OWNER.getOrDefault(element.substring(0, element.indexOf('.')), byType) : byType;
    }

    /** Whether the number of a quantity here is an age, which its type does not tell. */
    public static boolean isAge(String path) {
        boolean edge = path.endsWith(".low") || path.endsWith(".high");
        return AGES.contains(edge ? path.substring(0, path.lastIndexOf('.')) : path);
    }
}
