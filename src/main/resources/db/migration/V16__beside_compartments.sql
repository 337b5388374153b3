-- Rows that are in no patient's compartment, of the types that can be in one: few, commonly none, so the index costs next
-- to nothing. With it, what an export of all patients takes is counted and cut by indexes alone: all but these.
do $$
declare
    name text;
begin
    -- https://hl7.org/fhir/R4/compartmentdefinition-patient.html, and Patient itself
    for name in select (regexp_matches('
        Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic
        BodyStructure CarePlan CareTeam ChargeItem Claim ClaimResponse ClinicalImpression Communication
        CommunicationRequest Composition Condition Consent Coverage CoverageEligibilityRequest
        CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement DiagnosticReport
        DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit
        FamilyMemberHistory Flag Goal Group ImagingStudy Immunization ImmunizationEvaluation
        ImmunizationRecommendation Invoice List MeasureReport Media MedicationAdministration
        MedicationDispense MedicationRequest MedicationStatement MolecularSequence NutritionOrder
        Observation Patient Person Procedure Provenance QuestionnaireResponse RelatedPerson RequestGroup
        ResearchSubject RiskAssessment Schedule ServiceRequest Specimen SupplyDelivery SupplyRequest
        VisionPrescription
    ', '\w+', 'g'))[1] loop
        execute format('create index on %I (key) where compartment is null', 'resource_' || lower(name));
    end loop;
end $$;
