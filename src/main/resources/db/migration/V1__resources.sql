-- Resources. One row is one version of one resource. A version was current at a time T if
--     last_updated <= T and (superseded_at is null or superseded_at > T)

-- Keys number the rows in the order in which they are added, so rows of one range of keys are close together on disk.
create sequence resource_key;

-- A number for each patient that a resource refers to, whether the Patient exists or not. Compartments are stored as these
-- numbers, which are small and never collide (docs/adr/0003-compartments-are-numbers.md).
create table patient_number (
    number     int generated always as identity primary key,
    patient_id text collate "C" not null unique
);

create table resource (
    type                text not null,
    key                 bigint not null default nextval('resource_key'),
    id                  text collate "C" not null,
    -- 1, 2, 3, … for the versions of a resource that were current. A version that was imported after a newer one never was
    -- current; it has the negative of its number (docs/adr/0017-imported-versions.md).
    version_id          int not null,
    -- when the version became visible here, whatever meta.lastUpdated says
    last_updated        timestamptz not null,
    -- when the next version or a deletion replaced this version; null = it is the current version
    superseded_at       timestamptz,
    deleted             boolean not null,
    -- length of the NDJSON line, newline included; 0 = a deletion
    bytes               int not null,
    -- numbers of the patients in whose compartments the resource is; null = none
    compartment         int[],
    -- hashes of the identifiers and codes of the resource, for lookups; null = none
    -- (docs/adr/0008-codes-in-the-token-index.md)
    token_hashes        bigint[],
    -- the NDJSON line without its newline; null = a deletion
    body                text,
    -- numbers of the patients in whose compartments an earlier version was and this one is not; null = none. It shows what
    -- left a cohort, even if the earlier versions are removed (docs/adr/0007-what-is-kept-of-the-past.md).
    former_compartment  int[],
    -- the patient, if there is only one, as for nearly every resource; a B-tree on it is smaller and faster than an index
    -- on arrays
    sole_patient        int generated always as (case when cardinality(compartment) = 1 then compartment[1] end) stored,
    -- The next four columns are null in a row that was not imported.
    -- what meta.versionId says, if it is not version_id
    meta_version_id     int,
    -- what meta.lastUpdated says, as it was received, if it is not last_updated; never later than that
    meta_last_updated   text,
    -- the number and the time that the source of the import had, if meta does not say them; they order later imports
    source_version_id   int,
    source_last_updated timestamptz
) partition by list (type);

-- lz4 halves the cost of reading long bodies. Not every build of PostgreSQL has it.
do $$
begin
    alter table resource alter column body set compression lz4;
exception when feature_not_supported or invalid_parameter_value then
    null;
end $$;

-- One partition for each R4 type, so that the rows of a type are side by side. The collation keeps the names independent of
-- the database's language: in Turkish, lower() turns I into a dotless i.
do $$
declare
    name text;
    part text;
begin
    foreach name in array string_to_array('${resourceTypes}', ' ') loop
        part := 'resource_' || lower(name collate "C");
        execute format('create table %I partition of resource for values in (%L)', part, name);
        -- finds the versions of a resource, and refuses the second of two writers of one version
        execute format('create unique index on %I (id, version_id)', part);
        -- gives the rows and bytes as of a time by an index-only scan, for planning and for reading a range of keys
        execute format('create unique index on %I (key) include (last_updated, superseded_at, deleted, bytes)', part);
        -- finds rows by identifier or code
        execute format('create index on %I using gin (token_hashes) where token_hashes is not null', part);
        -- finds what changed since a time; rows that were written together have one time, so it takes seven bytes a row
        execute format('create index on %I (last_updated)', part);
    end loop;

    -- The types that can be in a patient's compartment, https://hl7.org/fhir/R4/compartmentdefinition-patient.html, and
    -- Patient itself. The index holds the rows that are in none, usually very few. An export of all patients counts and
    -- divides all rows but these by indexes alone.
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
        execute format(
            'create index on %I (key) where compartment is null', 'resource_' || lower(name collate "C"));
    end loop;
end $$;

-- The rows that the sweep may remove: only replaced versions are in this index.
create index resource_superseded on resource (superseded_at) where superseded_at is not null;

-- The rows of some patients with their sizes, by the index alone.
create index resource_sole_patient on resource (sole_patient, key)
    include (last_updated, superseded_at, deleted, bytes) where sole_patient is not null;

-- The rows that are in the compartments of several patients, which are few.
create index resource_shared on resource using gin (compartment)
    where sole_patient is null and compartment is not null;

-- The version of the rules by which token_hashes of all rows were computed. A lookup that needs a later version is not made,
-- and the filter reads every row.
create table token_index_version (
    only_row boolean primary key default true check (only_row),
    version  int not null
);
insert into token_index_version (version) values (2);
