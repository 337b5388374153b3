package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.TypeScan;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.store.ClosedTimestamps;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Finds the patients whose data a planned export holds: a patient is in an export if a resource of their compartment is.
 *
 * <p>They are the patients of the cohort, and those who share a resource with them or to whom an included row belongs. They
 * are found by indexes; no resource is read.
 */
@Component
public class ExportedPatients {
    /** The number of patients that are passed on at a time. */
    private static final int BATCH = 1_000;

    /** Batches that are fetched at a time, so that memory does not grow with the cohort. */
    private static final int FETCHED = 100;

    private final JdbcTemplate jdbc;
    private final PatientCompartment compartment;

    ExportedPatients(JdbcTemplate jdbc, PatientCompartment compartment) {
        this.jdbc = jdbc;
        this.compartment = compartment;
    }

    /** Whether an export takes the patients of a list. Otherwise, any patient can be in it. */
    public boolean areListed(ExportRequest request) {
        return request.scope() instanceof ExportScope.GroupMembers
                || !request.values(ExportParameter.PATIENT).isEmpty();
    }

    /** Whether an export holds the Patient resource of each patient that it takes. */
    public boolean areAllHeld(ExportJob job, ExportPlan plan) {
        boolean isWhole = job.request().time(ExportParameter.SINCE) == null
                && plan.asOf().equals(job.kickOff())
                && plan.organized() == null;
        return isWhole
                && plan.scans().stream()
                        .anyMatch(scan -> scan.type().equals(ResourceType.PATIENT)
                                && scan.filters().isEmpty()
                                && !(scan.resources().scope() instanceof RowScope.KeysIn));
    }

    /**
     * Passes on the numbers of the patients of an export that takes those of a list. Runs in the caller's transaction, while
     * the working rows of the plan exist.
     *
     * @param id of the job
     * @param taker takes numbers, and whether these patients are in the export; otherwise they may be, because filters or
     *     changes decide it
     */
    public void each(UUID id, ExportJob job, ExportPlan plan, BiConsumer<Integer[], Boolean> taker) {
        String cohort = "select patient, " + areAllHeld(job, plan) + " and part = 'MEMBERS' as certain from cohort"
                + " where job_id = '" + id + "' and part in ('MEMBERS', 'LEFT')";
        List<String> found = Stream.concat(
                        Stream.of(cohort),
                        plan.scans().stream()
                                .filter(scan -> compartment.covers(scan.type()))
                                .flatMap(scan -> others(scan, plan.organized() == null)))
                .toList();
        String batches = "select certain, array_agg(patient order by patient) from (select patient, certain,"
                + " (row_number() over (partition by certain order by patient) - 1) / " + BATCH + " as batch"
                + " from (select patient, bool_or(certain) as certain from (" + String.join(" union all ", found)
                + ") found group by patient) patients) numbered group by certain, batch";
        jdbc.queryForList("select " + ClosedTimestamps.BY_INDEX_ONLY);
        jdbc.query(
                connection -> {
                    PreparedStatement statement = connection.prepareStatement(batches);
                    statement.setFetchSize(FETCHED);
                    return statement;
                },
                row -> {
                    taker.accept((Integer[]) row.getArray(2).getArray(), row.getBoolean(1));
                });
    }

    /** The patients of the rows of a scan that can be in the compartments of other patients than those of the cohort. */
    private static Stream<String> others(TypeScan scan, boolean all) {
        RowQuery query = scan.resources();
        RowScope scope = query.scope();
        boolean ofPatients = scope instanceof RowScope.FewPatients || scope instanceof RowScope.ManyPatients;
        RowQuery rows = ofPatients ? query.within(new RowScope.SharedWith(scope)) : query;
        return scope.isNobody()
                ? Stream.of()
                : Stream.of(
                        "select unnest(compartment), " + (all && scan.filters().isEmpty()) + " from " + rows.from());
    }
}
