package dev.sluice.store;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A list of lines in a table of another package. Its columns are {@code attempt}; {@code seq}, the place of a line;
 * {@code head}, the block that the line is in; and {@code type} and {@code key}, by which the row is found.
 *
 * @param name the table
 * @param attempt the lines of this attempt are read
 */
public record LineTable(String name, UUID attempt) {
    /** Selects the block, the type and the body of the lines with these numbers, in their order. */
    String select(List<RowQuery> queries, KeyRange lines) {
        // OFFSET 0 keeps the lookups inside the subquery, so that lines come in the order of their index without a
        // sort. Each line is looked up in the partition of its type.
        String bodies = queries.stream()
                .map(query -> "select " + query.column() + " as body from " + query.table() + " where '" + query.type()
                        + "' = l.type and key = l.key")
                .collect(Collectors.joining(" union all ", "(", " offset 0)"));
        return "select l.head, l.type, r.body from " + name + " l cross join lateral " + bodies
                + " r where l.attempt = '" + attempt + "' and l.seq between " + lines.first() + " and "
                + lines.last() + " order by l.seq";
    }

    /** Notifies the sink when the block or the type changes. */
    static final class Entries implements ReadConnection.Columns {
        private final RowStream.OrganizedSink sink;
        private byte[] head = {};
        private byte[] type = {};

        Entries(RowStream.OrganizedSink sink) {
            this.sink = sink;
        }

        @Override
        public void row(byte[] message, int[] at) {
            if (!is(head, message, at[0], at[1]) || !is(type, message, at[2], at[3])) {
                head = Arrays.copyOfRange(message, at[0], at[0] + at[1]);
                type = Arrays.copyOfRange(message, at[2], at[2] + at[3]);
                sink.enter(ReadConnection.text(head, 0, head.length), ReadConnection.text(type, 0, type.length));
            }
            sink.row(message, at[4], at[5]);
        }

        private static boolean is(byte[] known, byte[] message, int offset, int length) {
            return Arrays.equals(known, 0, known.length, message, offset, offset + length);
        }
    }
}
