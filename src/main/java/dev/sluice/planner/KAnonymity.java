package dev.sluice.planner;

import static java.util.stream.Collectors.joining;

import dev.sluice.database.LongRead;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.Plural;
import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.TypeScan;
import dev.sluice.planner.ExportPlanner.PlannedExport;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Counts how many patients of an export share the values of some quasi-identifiers. Patients that share all of them are a
 * class. PostgreSQL counts the classes in one statement, so memory does not grow with the cohort.
 *
 * <p>The values are those of the stored resources, without filters. Safe for use by any number of threads.
 */
@Component
public class KAnonymity {
    /**
     * The JSON of a row. PostgreSQL cannot read an escape of half a surrogate pair, wherever it is; such escapes become
     * question marks. Hardly any resource has an escape by number, so the search for one is all that most rows cost.
     */
    private static final String JSON = "(case when position('\\u' in body) > 0 then"
            + " regexp_replace(body, '(?<!\\\\)((?:\\\\\\\\)*)\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\1?', 'g')"
            + " else body end)::json";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final OutputLayout layout;

    KAnonymity(JdbcTemplate jdbc, TransactionTemplate transaction, OutputLayout layout) {
        this.jdbc = jdbc;
        this.layout = layout;
        this.transaction = transaction;
    }

    /**
     * What is counted.
     *
     * @param identifiers at least one
     * @param k how many patients a class must have to be large enough; at least 2
     */
    public record Question(List<QuasiIdentifier> identifiers, int k) {
        /** The smallest number that is called safe often. */
        static final int DEFAULT_K = 5;

        public Question {
            identifiers = identifiers.stream().distinct().toList();
            if (identifiers.isEmpty() || k < 2) {
                throw new IllegalArgumentException("no identifiers, or k is " + k);
            }
        }
    }

    /**
     * What was counted. It has numbers only, and no value of a patient.
     *
     * @param classes the number of classes
     * @param smallest the number of patients in the smallest class; 0 if there are no patients
     * @param smallClasses the number of classes of fewer than k patients
     * @param atRisk the number of patients in these
     */
    public record Classes(
            Question question, long patients, long classes, long smallest, long smallClasses, long atRisk) {
        /** A line for the report of an export. */
        public String text() {
            return "k-anonymity by "
                    + question.identifiers.stream().map(Object::toString).collect(joining(", "))
                    + ". Patients: " + patients + ". Classes: " + classes + ". Patients in the smallest class: "
                    + smallest + ". Classes of fewer than " + question.k + " patients: " + smallClasses + ", with "
                    + Plural.of(atRisk, "patient") + ".";
        }
    }

    /**
     * Refuses classes that cannot be counted, since SQL does not apply filters. Counted without them, classes would look
     * larger than those of the output, and would tell of patients that the client may not see.
     */
    public static void requireCountable(ExportRequest request) {
        boolean filtered = request.isRestricted(ResourceType.PATIENT)
                || request.values(ExportParameter.TYPE_FILTER).stream()
                        .anyMatch(filter -> filter.startsWith(ResourceType.PATIENT.name() + "?"));
        if (filtered && request.quasiIdentifiers() != null) {
            throw FhirException.of(
                    400,
                    "not-supported",
                    ExportParameter.QUASI_IDENTIFIERS
                            + " counts patients before filters, so it cannot be combined with a "
                            + ExportParameter.TYPE_FILTER
                            + " of Patient or with a scope for a part of Patient; leave it"
                            + " out, or export a Group.");
        }
    }

    /** The export with a unit that reports the classes if its request asks for them; while its working rows exist. */
    public PlannedExport report(ExportRequest request, PlannedExport planned) {
        Question question = request.quasiIdentifiers();
        if (question == null) {
            return planned;
        }
        Classes classes = of(planned.plan(), question);
        List<PlannedUnit> units = new ArrayList<>();
        units.add(new PlannedUnit(
                List.of(),
                List.of(new Issue(Severity.INFORMATION, "informational", classes.text())),
                layout.errorFile("k-anonymity")));
        units.addAll(planned.units());
        return new PlannedExport(planned.plan(), units);
    }

    /** Counts the classes of the patients of a planned export, as of its time, while the working rows of the plan exist. */
    Classes of(ExportPlan plan, Question question) {
        return count(patients(plan), question, 0);
    }

    /** The same before planning, in the caller's transaction, which must be rolled back; empty if it takes longer. */
    Optional<Classes> of(ExportQueries queries, Question question, Duration longest) {
        try {
            return Optional.of(count(List.of(cohort(queries.unused().query())), question, longest.toMillis()));
        } catch (QueryTimeoutException longer) {
            return Optional.empty();
        }
    }

    /**
     * The queries for the patients that a client has after the export: those of the cohort, or those that planning found one
     * by one, changed since the last export or not.
     */
    private static List<RowQuery> patients(ExportPlan plan) {
        return plan.scans().stream()
                .map(TypeScan::resources)
                .filter(query -> query.type().equals(ResourceType.PATIENT))
                .filter(query -> query.scope() instanceof RowScope.KeysIn)
                .findFirst()
                .map(found -> List.of(found, found.within(IncludedRows.unchanged((RowScope.KeysIn) found.scope()))))
                .orElseGet(() -> List.of(cohort(plan.unused().query())));
    }

    /** @param query of any type, without the rows of a single group; its scope is that of the patients */
    private static RowQuery cohort(RowQuery query) {
        return RowQuery.of(ResourceType.PATIENT, query.asOf(), query.scope());
    }

    private Classes count(List<RowQuery> patients, Question question, long millis) {
        String small = " filter (where n < " + question.k + ")";
        String sums = "select coalesce(sum(n), 0)::bigint, count(*), coalesce(min(n), 0), count(*)" + small
                + ", coalesce(sum(n)" + small + ", 0)::bigint from (" + classes(patients, question.identifiers) + ") c";
        return Objects.requireNonNull(transaction.execute(status -> {
            jdbc.execute(LongRead.SETTINGS + "; set local statement_timeout = " + millis);
            return jdbc.queryForObject(
                    sums,
                    (row, n) -> new Classes(
                            question, row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
        }));
    }

    /** Selects the size of each class, as SQL. */
    private static String classes(List<RowQuery> patients, List<QuasiIdentifier> identifiers) {
        LocalDate today = patients.get(0).asOf().atZone(ZoneOffset.UTC).toLocalDate();
        String values = identifiers.stream()
                .map(one -> one.sql(today) + " as \"" + one + "\"")
                .collect(joining(", "));
        String names = identifiers.stream().map(one -> "\"" + one + "\"").collect(joining(", "));
        return patients.stream()
                .map(query -> "select " + values + " from " + query.table() + " cross join lateral json_to_record("
                        + JSON + ") as patient(" + QuasiIdentifier.COLUMNS + ") where " + query.condition())
                .collect(joining(" union all ", "select count(*) as n from (", ") v group by " + names));
    }
}
