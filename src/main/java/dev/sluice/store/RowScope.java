package dev.sluice.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.sluice.fhir.ResourceType;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Selects the rows of a type that an export takes by their compartments. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "rows")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RowScope.Everything.class, name = "Everything"),
    @JsonSubTypes.Type(value = RowScope.Nobody.class, name = "Nobody"),
    @JsonSubTypes.Type(value = RowScope.AnyPatientBut.class, name = "AnyPatientBut"),
    @JsonSubTypes.Type(value = RowScope.FewPatients.class, name = "FewPatients"),
    @JsonSubTypes.Type(value = RowScope.ManyPatients.class, name = "ManyPatients"),
    @JsonSubTypes.Type(value = RowScope.Included.class, name = "Included"),
    @JsonSubTypes.Type(value = RowScope.Referenced.class, name = "Referenced"),
    @JsonSubTypes.Type(value = RowScope.Only.class, name = "Only")
})
public sealed interface RowScope {
    /** Above this number, members are looked up in the table of cohorts instead of being listed in the statement. */
    int FEW = 1_000;

    /**
     * The condition on a row as SQL; it holds nothing but numbers, uuids and checked ids. It may be null where {@code
     * compartment} is.
     */
    default String sql() {
        return sql("compartment");
    }

    /**
     * The same condition for queries of the number and sizes of rows, in parts that share no row. An index alone
     * answers each part if possible.
     *
     * @param table the table of the rows
     */
    default List<String> sqlByKey(String table) {
        return List.of(sql());
    }

    /**
     * The condition on another column or array of patient numbers.
     *
     * @param column as SQL
     */
    String sql(String column);

    /** Whether it selects no rows. */
    @JsonIgnore
    default boolean isNobody() {
        return false;
    }

    /** Every row. */
    record Everything() implements RowScope {
        @Override
        public String sql(String column) {
            return "true";
        }
    }

    /** No row. */
    record Nobody() implements RowScope {
        @Override
        @JsonIgnore
        public boolean isNobody() {
            return true;
        }

        @Override
        public String sql(String column) {
            return "false";
        }
    }

    /** The rows in the compartment of any patient that is not in the cohort. */
    record AnyPatientBut(UUID job, boolean some) implements RowScope {
        @Override
        public String sql(String column) {
            return !some
                    ? column + " is not null"
                    : column + " is not null and exists (select from unnest(" + column + ") p where p not in "
                            + CohortTable.all(job, CohortTable.Part.ABSENT) + ")";
        }

        @Override
        public List<String> sqlByKey(String table) {
            return List.of(
                    some
                            ? sql()
                            : "not exists (select from " + table + " beside where beside.key = " + table
                                    + ".key and beside.compartment is null)");
        }
    }

    /** The rows in the compartment of at least one patient of a small cohort; indexes serve it. */
    record FewPatients(int[] numbers) implements RowScope {
        @Override
        public String sql() {
            return "(" + sole() + ") or (" + shared() + ")";
        }

        @Override
        public String sql(String column) {
            return column + " && " + array();
        }

        @Override
        public List<String> sqlByKey(String table) {
            return List.of(sole(), shared());
        }

        /** The cast makes {@code any} take an array and not the rows of a subquery. */
        private String sole() {
            return "sole_patient = any(" + array() + "::int[])";
        }

        private String shared() {
            return "sole_patient is null and compartment && " + array();
        }

        /** As a subquery; otherwise PostgreSQL examines each number several times when it plans. */
        private String array() {
            return IntStream.of(numbers)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(",", "(select '{", "}'::int[])"));
        }
    }

    /** The rows in the compartment of at least one patient of a large cohort. */
    record ManyPatients(UUID job, CohortTable.Part part) implements RowScope {
        @Override
        public String sql(String column) {
            return column + " is not null and exists (select from unnest(" + column + ") p where p in "
                    + CohortTable.all(job, part) + ")";
        }
    }

    /** The rows of one part of the associated data of an export, at one depth, or at any depth if it is null. */
    record Included(
            UUID attempt,
            ResourceType type,
            IncludedRows.Part part,
            @Nullable Integer depth) implements RowScope {
        @Override
        public String sql(String column) {
            return "key in (select g.key from included_row g where g.attempt = '" + attempt + "' and g.type = '" + type
                    + "' and g.part = '" + part + "'" + (depth == null ? "" : " and g.depth = " + depth) + ")";
        }
    }

    /** The rows of resources that exported resources refer to. */
    record Referenced(UUID attempt, ResourceType type, boolean fromChanged) implements RowScope {
        @Override
        public String sql(String column) {
            return "id in (select f.id from included_reference f where f.attempt = '" + attempt + "' and f.type = '"
                    + type + "'" + (fromChanged ? " and f.from_changed" : "") + ")";
        }
    }

    /** A single resource, by its checked id. */
    record Only(String id) implements RowScope {
        @Override
        public String sql(String column) {
            return "id = '" + id + "'";
        }
    }
}
