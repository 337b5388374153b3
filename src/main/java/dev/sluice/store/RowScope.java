package dev.sluice.store;

import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Selects the rows of a type that an export takes by their compartments. The plan of an export has the same scope for
 * many types; its JSON holds each instance once. There, {@code rows} is the kind of the scope, and {@code number} is the
 * number by which a later occurrence refers to the instance.
 */
@JsonIdentityInfo(generator = ObjectIdGenerators.IntSequenceGenerator.class, property = "number")
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "rows")
public sealed interface RowScope {
    /**
     * The condition on a row as SQL; it holds nothing but numbers, checked ids and subqueries. It may be null where {@code
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

    /**
     * The rows in the compartment of any patient, except some.
     *
     * @param absent the patients whose compartments do not count; null = all count
     */
    record AnyPatientBut(@Nullable Subquery absent) implements RowScope {
        @Override
        public String sql(String column) {
            return absent == null
                    ? column + " is not null"
                    : column + " is not null and exists (select from unnest(" + column + ") p where p not in "
                            + absent.sql() + ")";
        }

        @Override
        public List<String> sqlByKey(String table) {
            return List.of(
                    absent != null
                            ? sql()
                            : "not exists (select from " + table + " beside where beside.key = " + table
                                    + ".key and beside.compartment is null)");
        }
    }

    /** The rows in the compartment of at least one of a few patients; indexes serve it. */
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

    /** The rows in the compartment of at least one of many patients. */
    record ManyPatients(Subquery patients) implements RowScope {
        @Override
        public String sql(String column) {
            return column + " is not null and exists (select from unnest(" + column + ") p where p in " + patients.sql()
                    + ")";
        }
    }

    /**
     * Of the rows in the compartments of some patients, those that are in compartments of several. The index of such rows
     * finds those of a few patients. For many, PostgreSQL reads all of it by the comparison with an empty array, which is
     * always true; with a few, it takes that for more costly than to read a table of some thousand rows.
     */
    record SharedWith(RowScope patients) implements RowScope {
        @Override
        public String sql(String column) {
            String any = patients instanceof FewPatients ? "" : column + " @> '{}'::int[] and ";
            return "sole_patient is null and " + any + patients.sql(column);
        }
    }

    /** The rows with these keys. */
    record KeysIn(Subquery keys) implements RowScope {
        @Override
        public String sql(String column) {
            return "key in " + keys.sql();
        }
    }

    /** The rows of the resources with these ids. */
    record IdsIn(Subquery ids) implements RowScope {
        @Override
        public String sql(String column) {
            return "id in " + ids.sql();
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
