package dev.sluice.planner;

import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import dev.sluice.store.Subquery;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Stores the patients of a job in a table, as numbers, so that memory does not grow with the group.
 *
 * <p>A cohort is recorded within one transaction, the caller's, so that a job has all of it or none.
 */
@Component
public class CohortTable {
    /** The role of a patient in a job; the column {@code part}. */
    public enum PatientRole {
        /** Patients whose data is exported: the named members that exist. */
        MEMBERS,
        /** Patients whose data is excluded from an export of all patients: the deleted ones. */
        ABSENT,
        /** Patients that were members at {@code _since}. */
        BEFORE,
        /** Patients whose data is exported now and was not at {@code _since}. */
        JOINED,
        /** Patients whose data was exported at {@code _since} and is not now. */
        LEFT
    }

    /** Up to this number, a statement lists the patients; above it, the table is looked up. */
    private static final int FEW_PATIENTS = 1_000;

    private final JdbcTemplate jdbc;

    CohortTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds those of these patients that existed at the given time, as members. A patient may be added twice. */
    public void addMembers(UUID job, Collection<String> patientIds, Instant asOf) {
        jdbc.update(
                "insert into cohort (job_id, part, patient) select ?, 'MEMBERS', c.number from patient_number c"
                        + " join resource r on r.type = 'Patient' and r.id = c.patient_id"
                        + " where c.patient_id = any(?) and not r.deleted and " + RowQuery.asOf(asOf)
                        + " on conflict do nothing",
                job,
                patientIds.toArray(String[]::new));
    }

    /** Adds these patients as earlier members, whether they existed or not. */
    public void addBefore(UUID job, Collection<String> patientIds) {
        jdbc.update(
                "insert into cohort (job_id, part, patient) select ?, 'BEFORE', number from patient_number"
                        + " where patient_id = any(?) on conflict do nothing",
                job,
                patientIds.toArray(String[]::new));
    }

    /**
     * Finds the patients that joined and left since the given time. The members and the earlier members must have been
     * added.
     */
    public void compareMembers(UUID job, Instant since) {
        jdbc.update(
                "insert into cohort (job_id, part, patient) select job_id, 'LEFT', patient from cohort b"
                        + " where job_id = ? and part = 'BEFORE' and patient not in "
                        + patients(job, PatientRole.MEMBERS).sql()
                        + " on conflict do nothing",
                job);
        jdbc.update(
                "insert into cohort (job_id, part, patient) select job_id, 'JOINED', m.patient from cohort m"
                        + " join patient_number c on c.number = m.patient where m.job_id = ? and m.part = 'MEMBERS'"
                        + " and not (m.patient in "
                        + patients(job, PatientRole.BEFORE).sql() + " and "
                        + existed("c.patient_id", since)
                        + ") on conflict do nothing",
                job);
    }

    /** Finds the patients that were deleted at the given time; usually none. */
    public void addAbsent(UUID job, Instant asOf) {
        jdbc.update(
                "insert into cohort (job_id, part, patient) select ?, 'ABSENT', c.number from resource r"
                        + " join patient_number c on c.patient_id = r.id where r.type = 'Patient' and r.deleted and "
                        + RowQuery.asOf(asOf) + " on conflict do nothing",
                job);
    }

    /**
     * Finds the patients that were deleted, or written again, between two times. A patient that is new and was never
     * deleted is not among them: its data is exported whether the Patient resource exists yet or not.
     */
    public void comparePatients(UUID job, Instant since, Instant asOf) {
        String changed = "insert into cohort (job_id, part, patient) select ?, ?, c.number from resource r"
                + " join patient_number c on c.patient_id = r.id where r.type = 'Patient' and r.last_updated > "
                + RowQuery.literal(since) + " and " + RowQuery.asOf(asOf);
        jdbc.update(changed + " and r.deleted on conflict do nothing", job, PatientRole.LEFT.name());
        jdbc.update(
                changed + " and not r.deleted and not " + existed("r.id", since)
                        + " and not exists (select from resource f where f.type = 'Patient' and f.id = r.id"
                        + " and f.version_id = 1 and f.last_updated > " + RowQuery.literal(since)
                        + ") on conflict do nothing",
                job,
                PatientRole.JOINED.name());
    }

    /**
     * The SQL condition that a patient existed at a time, as far as versions are kept. If a patient is wrongly found to
     * be new, the export holds more than the changes, and nothing is missing.
     */
    private static String existed(String id, Instant time) {
        return "exists (select from resource w where w.type = 'Patient' and w.id = " + id + " and not w.deleted"
                + " and " + RowQuery.asOf(time) + ")";
    }

    /** The number of patients in each part of the cohort; an empty part is missing. */
    public Map<PatientRole, Long> sizes(UUID job) {
        Map<PatientRole, Long> sizes = new EnumMap<>(PatientRole.class);
        jdbc.query(
                "select part, count(*) from cohort where job_id = ? group by part",
                row -> {
                    sizes.put(PatientRole.valueOf(row.getString(1)), row.getLong(2));
                },
                job);
        return sizes;
    }

    /**
     * The compartments of the patients in one part of the cohort.
     *
     * @param sizes from {@link #sizes}
     */
    public RowScope members(UUID job, PatientRole role, Map<PatientRole, Long> sizes) {
        long size = sizes.getOrDefault(role, 0L);
        if (size == 0) {
            return new RowScope.Nobody();
        }
        if (size > FEW_PATIENTS) {
            return new RowScope.ManyPatients(patients(job, role));
        }
        return new RowScope.FewPatients(jdbc
                .queryForList(
                        "select patient from cohort where job_id = ? and part = ? order by patient",
                        Integer.class,
                        job,
                        role.name())
                .stream()
                .mapToInt(Integer::intValue)
                .toArray());
    }

    /** The numbers of the patients in one part of the cohort, up to 1,000 in an array. */
    List<Integer[]> numbers(UUID job, PatientRole role) {
        return jdbc.query(
                "select array_agg(patient order by patient) from (select patient,"
                        + " (row_number() over (order by patient) - 1) / " + FEW_PATIENTS + " as batch from cohort"
                        + " where job_id = ? and part = ?) numbered group by batch order by batch",
                (row, number) -> (Integer[]) row.getArray(1).getArray(),
                job,
                role.name());
    }

    /** Deletes the patients of a job. */
    public void delete(UUID job) {
        jdbc.update("delete from cohort where job_id = ?", job);
    }

    /** The numbers of the patients in one part. */
    static Subquery patients(UUID job, PatientRole role) {
        return new Subquery("cohort", "patient", Map.of("job_id", job.toString(), "part", role.name()));
    }
}
