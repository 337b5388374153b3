package dev.sluice.r4;

import dev.sluice.fhir.ResourceType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The types of R4's Patient compartment, each with the search parameters that lead to the patient, as
 * CompartmentDefinition/patient 4.0.1 lists them.
 *
 * @see <a href="https://hl7.org/fhir/R4/compartmentdefinition-patient.html">the definition</a>
 */
final class CompartmentTable {
    private static final String TEXT = """
            Account subject
            AdverseEvent subject
            AllergyIntolerance patient recorder asserter
            Appointment actor
            AppointmentResponse actor
            AuditEvent patient
            Basic patient author
            BodyStructure patient
            CarePlan patient performer
            CareTeam patient participant
            ChargeItem subject
            Claim patient payee
            ClaimResponse patient
            ClinicalImpression subject
            Communication subject sender recipient
            CommunicationRequest subject sender recipient requester
            Composition subject author attester
            Condition patient asserter
            Consent patient
            Coverage policy-holder subscriber beneficiary payor
            CoverageEligibilityRequest patient
            CoverageEligibilityResponse patient
            DetectedIssue patient
            DeviceRequest subject performer
            DeviceUseStatement subject
            DiagnosticReport subject
            DocumentManifest subject author recipient
            DocumentReference subject author
            Encounter patient
            EnrollmentRequest subject
            EpisodeOfCare patient
            ExplanationOfBenefit patient payee
            FamilyMemberHistory patient
            Flag patient
            Goal patient
            Group member
            ImagingStudy patient
            Immunization patient
            ImmunizationEvaluation patient
            ImmunizationRecommendation patient
            Invoice subject patient recipient
            List subject source
            MeasureReport patient
            Media subject
            MedicationAdministration patient performer subject
            MedicationDispense subject patient receiver
            MedicationRequest subject
            MedicationStatement subject
            MolecularSequence patient
            NutritionOrder patient
            Observation subject performer
            Patient link
            Person patient
            Procedure patient performer
            Provenance patient
            QuestionnaireResponse subject author
            RelatedPerson patient
            RequestGroup subject participant
            ResearchSubject individual
            RiskAssessment subject
            Schedule actor
            ServiceRequest subject performer
            Specimen subject
            SupplyDelivery patient
            SupplyRequest subject
            VisionPrescription patient
            """;

    /** The parameters by type; a type that is missing is in no patient's compartment. */
    static final Map<ResourceType, List<String>> PATIENT = read();

    private CompartmentTable() {}

    private static Map<ResourceType, List<String>> read() {
        Map<ResourceType, List<String>> table = new TreeMap<>();
        for (String line : TEXT.lines().toList()) {
            List<String> words = Arrays.asList(line.split(" "));
            table.put(ResourceType.of(words.get(0)), List.copyOf(words.subList(1, words.size())));
        }
        return Map.copyOf(table);
    }
}
