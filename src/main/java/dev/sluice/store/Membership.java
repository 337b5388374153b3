package dev.sluice.store;

import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which rows of a type an export takes, by the compartments that they are in. */
public sealed interface Membership {
    /** Above this number, members are looked up in the table of cohorts and not in the statement. */
    int FEW = 1_000;

    /** The condition as SQL; it holds nothing but numbers, uuids and checked ids. */
    String sql();

    /** Whether it is known to take no row. */
    default boolean isNobody() {
        return false;
    }

    /** Every row. */
    record Everything() implements Membership {
        @Override
        public String sql() {
            return "true";
        }
    }

    /** The rows in the compartment of any patient but those of the cohort, if it holds some. */
    record AnyPatientBut(UUID cohort, boolean some) implements Membership {
        @Override
        public String sql() {
            return !some
                    ? "compartment is not null"
                    : "compartment is not null and exists (select from unnest(compartment) p where p not in "
                            + all(cohort) + ")";
        }
    }

    /** The rows in the compartment of at least one patient of a small cohort; the index on compartment serves it. */
    record FewPatients(int[] numbers) implements Membership {
        @Override
        public boolean isNobody() {
            return numbers.length == 0;
        }

        @Override
        public String sql() {
            return "compartment && '{"
                    + IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(",")) + "}'::int[]";
        }
    }

    /** The rows in the compartment of at least one patient of a large cohort. */
    record ManyPatients(UUID cohort) implements Membership {
        @Override
        public String sql() {
            return "compartment is not null and exists (select from unnest(compartment) p where p in " + all(cohort)
                    + ")";
        }
    }

    /** A single resource, by its checked id. */
    record Only(String id) implements Membership {
        @Override
        public String sql() {
            return "id = '" + id + "'";
        }
    }

    private static String all(UUID cohort) {
        return "(select patient from cohort where job_id = '" + cohort + "')";
    }
}
