package dev.sluice.store;

import static java.util.stream.Collectors.joining;

import dev.sluice.fhir.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Divides the rows of a query into ranges of about one output file each, by their exact sizes. */
@Component
public class RowRanges {
    static final Map<String, ResourceType> BY_PARTITION = ResourceType.all().stream()
            .collect(Collectors.toMap(type -> "resource_" + type.name().toLowerCase(Locale.ROOT), Function.identity()));

    /**
     * Parallel workers count entries of an index and return only numbers; the server's settings limit how many start.
     */
    private static final String WITH_WORKERS = "set local max_parallel_workers_per_gather to default";

    /** A file is made of at least so many pieces, so that files come close to their size. */
    private static final int PIECES = 16;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    RowRanges(JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** The types that have rows, by name; some of them may hold only old or deleted versions. */
    public List<ResourceType> usedTypes() {
        // OFFSET 0 limits the call that reads the size, which opens a file, to the partitions. Otherwise PostgreSQL
        // evaluates it for all tables and indexes.
        return jdbc
                .queryForList(
                        "select relname from (select c.oid, c.relname from pg_inherits i join pg_class c on c.oid ="
                                + " i.inhrelid where i.inhparent = 'resource'::regclass offset 0) partition"
                                + " where pg_relation_size(oid) > 0",
                        String.class)
                .stream()
                .map(BY_PARTITION::get)
                .sorted()
                .toList();
    }

    /**
     * The ranges of a query in order of their keys. They cover its rows without overlap; each but the last holds about the
     * given number of bytes. A query without rows has none; deletions are in one.
     */
    public List<KeyRange> cut(RowQuery query, long bytes) {
        return cut(query, KeyRange.ALL, bytes);
    }

    /** The same of the rows with these keys. */
    public List<KeyRange> cut(RowQuery query, KeyRange keys, long bytes) {
        return query.mayBeSealed() ? cutSpans(query, keys, bytes) : cutRows(query, keys, bytes);
    }

    /** Sealed segments are not divided: a file that consists of segments is written without reading their rows. */
    private List<KeyRange> cutSpans(RowQuery query, KeyRange keys, long bytes) {
        List<KeyRange> sealed = Objects.requireNonNull(
                transaction.execute(status -> Segments.joined(jdbc, query, keys, bytes / PIECES)));
        List<KeySpan> spans = KeySpan.of(keys, sealed);
        List<KeySpan> open = spans.stream().filter(span -> !span.isSealed()).toList();
        List<KeyRange> pieces = new ArrayList<>();
        spans.forEach(span -> pieces.addAll(span.segments()));
        RangeSplitter.of(jdbc, query, open, bytes, query.asOf()).forEach(piece -> pieces.add(piece.range()));
        pieces.sort(Comparator.comparing(KeyRange::first));
        return joined(pieces, bytes);
    }

    /** Joins adjacent pieces while the sum gets closer to the size. */
    private static List<KeyRange> joined(List<KeyRange> pieces, long bytes) {
        List<KeyRange> joined = new ArrayList<>();
        KeyRange open = null;
        for (KeyRange piece : pieces) {
            if (open == null || open.bytes() + piece.bytes() / 2 < bytes) {
                open = open == null ? piece : open.and(piece);
            } else {
                joined.add(open);
                open = piece;
            }
        }
        if (open != null) {
            joined.add(open);
        }
        return joined;
    }

    private List<KeyRange> cutRows(RowQuery query, KeyRange keys, long bytes) {
        return jdbc.query(
                "select min(key), max(key), count(*), sum(size)::bigint, max(size) from (select key, size,"
                        + " (sum(size) over (order by key rows unbounded preceding) - size) / ? as part"
                        + " from (" + query.keysAndSizes()
                        + ") s where key between ? and ?) r group by part order by part",
                (row, n) -> KeyRange.read(row, 1),
                bytes,
                keys.first(),
                keys.last());
    }

    /** The number of rows of a query. */
    public long count(RowQuery query) {
        return count(List.of(query), WITH_WORKERS);
    }

    /** The number of rows of all these queries, by one statement, which is planned with these settings. */
    public long count(List<RowQuery> queries, String settings) {
        String counts = queries.stream()
                .map(query -> query.selectByKey("count(*) as n"))
                .collect(joining(" union all "));
        Long rows = transaction.execute(status -> {
            jdbc.execute(settings);
            return Objects.requireNonNull(
                    jdbc.queryForObject("select sum(n)::bigint from (" + counts + ") counts", Long.class));
        });
        return Objects.requireNonNull(rows);
    }
}
