package dev.sluice.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A condition on a type's rows that indexes serve: a row matches if all conditions of one of the lists hold.
 *
 * @param anyOf at least one list of at least one condition
 */
public record IndexLookup(List<List<Condition>> anyOf) {
    /** Copies the lists. */
    public IndexLookup {
        anyOf = anyOf.stream().map(List::copyOf).toList();
    }

    /** A condition on a row that an index serves. Its values are checked, because statements contain them literally. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "index")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = HasToken.class, name = "token"),
        @JsonSubTypes.Type(value = WithId.class, name = "id"),
        @JsonSubTypes.Type(value = InCompartment.class, name = "compartment"),
        @JsonSubTypes.Type(value = WrittenFrom.class, name = "time")
    })
    public sealed interface Condition {
        /** The condition as SQL. */
        String sql();
    }

    /** The row has one of these token hashes. */
    public record HasToken(long[] hashes) implements Condition {
        @Override
        public String sql() {
            return "token_hashes && '{"
                    + LongStream.of(hashes).mapToObj(Long::toString).collect(Collectors.joining(",")) + "}'::bigint[]";
        }
    }

    /** The row belongs to one of these resources, by their checked ids. */
    public record WithId(Collection<String> ids) implements Condition {
        /**
         * As a subquery; otherwise PostgreSQL examines each id when it plans. The cast makes {@code any} take an array.
         */
        @Override
        public String sql() {
            String quoted =
                    ids.stream().map(id -> '"' + id + '"').collect(Collectors.joining(",")); // an id may be null
            return "id = any((select '{" + quoted + "}'::text[])::text[])";
        }
    }

    /**
     * The row is in the compartment of one of these patients, by their numbers, or has the token hash that
     * marks its compartments as possibly incomplete.
     */
    public record InCompartment(int[] patients, long orHasToken) implements Condition {
        @Override
        public String sql() {
            String marked = "token_hashes && '{" + orHasToken + "}'::bigint[]";
            return IntStream.of(patients).findAny().isPresent()
                    ? "(" + new RowScope.FewPatients(patients).sql() + " or " + marked + ")"
                    : marked;
        }
    }

    /** The row was written at this time or later. */
    public record WrittenFrom(Instant time) implements Condition {
        /** Nothing is written after it. */
        private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

        @Override
        public String sql() {
            Instant from = time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
            return "last_updated >= " + RowQuery.literal(from.isAfter(LATEST) ? LATEST : from);
        }
    }

    /** The condition on a row as SQL. */
    String sql() {
        return anyOf.stream()
                .map(all -> all.stream().map(Condition::sql).collect(Collectors.joining(" and ", "(", ")")))
                .collect(Collectors.joining(" or ", "(", ")"));
    }
}
