package dev.sluice.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Keeps the patients of a job as numbers, so that an export of any group takes no memory of this process. */
@Component
public class Cohorts {
    private final JdbcTemplate jdbc;

    Cohorts(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds those of these patients who were there at the moment; adding one twice is harmless. */
    public void add(UUID job, Collection<String> patientIds, Instant asOf) {
        jdbc.update(
                "insert into cohort (job_id, patient) select ?, c.number from compartment c"
                        + " join resource r on r.type = 'Patient' and r.id = c.patient_id"
                        + " where c.patient_id = any(?) and not r.deleted and " + RowQuery.asOf(asOf)
                        + " on conflict do nothing",
                job,
                patientIds.toArray(String[]::new));
    }

    /** The compartments of the patients that were added. */
    public Membership members(UUID job) {
        List<Integer> numbers = jdbc.queryForList(
                "select patient from cohort where job_id = ? order by patient limit " + (Membership.FEW + 1),
                Integer.class,
                job);
        return numbers.size() > Membership.FEW
                ? new Membership.ManyPatients(job)
                : new Membership.FewPatients(
                        numbers.stream().mapToInt(Integer::intValue).toArray());
    }

    /**
     * Adds the patients who were not there at the moment: those that resources refer to though they were deleted or
     * never written, commonly none.
     */
    public void addAbsent(UUID job, Instant asOf) {
        jdbc.update(
                "insert into cohort (job_id, patient) select ?, c.number from compartment c where not exists ("
                        + "select from resource where type = 'Patient' and id = c.patient_id and not deleted and "
                        + RowQuery.asOf(asOf) + ") on conflict do nothing",
                job);
    }

    /** The compartments of all patients but those that {@link #addAbsent} added. */
    public Membership anyPatientPresent(UUID job) {
        Boolean someAbsent =
                jdbc.queryForObject("select exists (select from cohort where job_id = ?)", Boolean.class, job);
        return new Membership.AnyPatientBut(job, Boolean.TRUE.equals(someAbsent));
    }

    /** Forgets the patients of a job. */
    public void clear(UUID job) {
        jdbc.update("delete from cohort where job_id = ?", job);
    }
}
