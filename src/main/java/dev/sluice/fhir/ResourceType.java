package dev.sluice.fhir;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One of the 146 concrete resource types of FHIR R4. There is one value for each, so holding one means that it is valid.
 *
 * @see <a href="https://hl7.org/fhir/R4/resourcelist.html">R4 resource list</a>
 */
public final class ResourceType implements Comparable<ResourceType> {
    private static final String NAMES = """
            Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse
            AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement
            CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition Claim ClaimResponse
            ClinicalImpression CodeSystem Communication CommunicationRequest CompartmentDefinition
            Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
            CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest
            DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis
            Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence
            EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal
            GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
            ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice
            Library Linkage List Location Measure MeasureReport Media Medication MedicationAdministration
            MedicationDispense MedicationKnowledge MedicationRequest MedicationStatement MedicinalProduct
            MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication
            MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
            MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect
            MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder Observation
            ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation
            Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner
            PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson
            RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject
            RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen
            SpecimenDefinition StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid
            SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial
            SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport
            TestScript ValueSet VerificationResult VisionPrescription
            """;

    private static final Map<String, ResourceType> BY_NAME = new TreeMap<>();

    static {
        Arrays.stream(NAMES.split("\\s+")).forEach(name -> BY_NAME.put(name, new ResourceType(name)));
    }

    public static final ResourceType BUNDLE = of("Bundle");
    public static final ResourceType GROUP = of("Group");
    public static final ResourceType OPERATION_OUTCOME = of("OperationOutcome");
    public static final ResourceType PATIENT = of("Patient");
    public static final ResourceType PROVENANCE = of("Provenance");

    private final String name;

    private ResourceType(String name) {
        this.name = name;
    }

    /** The type as FHIR spells it, such as {@code Observation}. */
    @JsonValue
    public String name() {
        return name;
    }

    /** The type of this name, spelled exactly. */
    public static Optional<ResourceType> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The type of this name; a 400 problem that names the nearest valid spelling otherwise. */
    @JsonCreator
    public static ResourceType of(String name) {
        return find(name).orElseThrow(() -> FhirException.invalid(unknown(name)));
    }

    /** Every type, by name. */
    public static List<ResourceType> all() {
        return List.copyOf(BY_NAME.values());
    }

    /** The sentence that tells a client that a name is no R4 type, with the nearest one that is. */
    public static String unknown(String name) {
        return "'" + name + "' is not a FHIR R4 resource type"
                + nearest(name)
                        .map(n -> "; did you mean '" + n + "'?")
                        .orElse(". Names are case-sensitive, such as 'Observation'.");
    }

    /** A valid name whose spelling is like the given one: the same beginning, or few other letters, in whatever case. */
    private static Optional<String> nearest(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Stream<String> likely = BY_NAME.keySet().stream().filter(n -> {
            String candidate = n.toLowerCase(Locale.ROOT);
            return lower.length() > 2 && (candidate.startsWith(lower) || lower.startsWith(candidate));
        });
        return likely.min(Comparator.comparingInt(n -> Math.abs(n.length() - name.length())))
                .or(() -> Suggestions.find(name, BY_NAME.keySet()));
    }

    @Override
    public int compareTo(ResourceType other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
