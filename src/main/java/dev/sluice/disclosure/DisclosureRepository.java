package dev.sluice.disclosure;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** The exports and their patients. They are only added. */
interface DisclosureRepository extends Repository<DisclosureEntity, UUID> {
    /** An export that a patient may have been in. */
    interface Export {
        UUID getJobId();

        Instant getRecordedAt();

        @Nullable
        String getIssuer();

        @Nullable
        String getClient();

        Instant getAsOf();

        @Nullable
        Instant getSince();

        String getScope();

        @Nullable
        String getTypes();

        @Nullable
        String getFiltered();

        @Nullable
        String getDeidentifiedBy();

        boolean getEveryPatient();

        /** Whether the patient is known to have been in it; null = its patients are not listed. */
        @Nullable
        Boolean getCertain();

        /** How it ended, as an outcome of AuditEvent; null = no end is recorded. */
        @Nullable
        Integer getOutcome();
    }

    /**
     * Records an export, unless a planning that is repeated has done so. The transaction does not wait for the disk at its
     * end. All that depends on it is committed later: the plan, and before any URL of a file is given, a transaction that
     * waits for the disk.
     *
     * <p>The last patient is the last one that is known now. All resources that are visible are in compartments of patients
     * up to this number: a number is committed before a resource that has it is written.
     *
     * @return the job, if it was not recorded before
     */
    @NativeQuery("""
            insert into disclosure
                (job_id, issuer, client, as_of, since, scope, types, filtered, deidentified_by, every_patient, last_number)
            select :job, cast(:issuer as text), cast(:client as text), :asOf, cast(:since as timestamptz), :scope,
                cast(:types as text), cast(:filtered as text), cast(:deidentifiedBy as text), :everyPatient,
                case when :listed then null else (select coalesce(max(number), 0) from patient_number) end
            where set_config('synchronous_commit', 'off', true) = 'off'
            on conflict (job_id) do nothing returning job_id
            """)
    List<UUID> add(
            UUID job,
            @Nullable String issuer,
            @Nullable String client,
            Instant asOf,
            @Nullable Instant since,
            String scope,
            @Nullable String types,
            @Nullable String filtered,
            @Nullable String deidentifiedBy,
            boolean everyPatient,
            boolean listed);

    /** Records patients of an export. */
    @Modifying
    @NativeQuery("insert into disclosed_patients (job_id, certain, numbers) values (:job, :certain, :numbers)")
    void addPatients(UUID job, boolean certain, Integer[] numbers);

    /** The next exports that a patient may have been in, in the order of their times. */
    @NativeQuery("""
            select d.job_id, d.recorded_at, d.issuer, d.client, d.as_of, d.since, d.scope, d.types, d.filtered,
                d.deidentified_by, d.every_patient,
                listed.certain, cast(ended.outcome as int) as outcome
            from disclosure d
            left join (select p.job_id, bool_or(p.certain) as certain from disclosed_patients p
                where p.numbers @> array[cast(:number as int)] group by p.job_id) listed on listed.job_id = d.job_id
            left join lateral (select e.outcome from audit_event e
                where e.activity = 'EXPORT_ENDED' and e.subject = cast(d.job_id as text)
                order by e.id desc limit 1) ended on true
            where (d.recorded_at, d.job_id) > (:time, :job) and (listed.certain is not null or d.last_number >= :number)
            order by d.recorded_at, d.job_id limit :most
            """)
    List<Export> after(Instant time, UUID job, int number, int most);
}
