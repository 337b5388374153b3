package dev.sluice.store;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Reads rows with {@code COPY … TO STDOUT (FORMAT binary)}: no String and no object for a row but the driver's own byte
 * array.
 *
 * <p>Safe for use by any number of threads; each read takes one connection. Only the row at hand is in memory.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-copy.html">COPY, binary format</a>
 */
@Component
public class RowStream {
    private static final Logger log = LoggerFactory.getLogger(RowStream.class);
    private static final int SIGNATURE_BYTES = 11;

    private final DataSource dataSource;
    private final JdbcTemplate jdbc;

    RowStream(DataSource dataSource, JdbcTemplate jdbc) {
        this.dataSource = dataSource;
        this.jdbc = jdbc;
    }

    /** Takes rows, one after the other. The array is the taker's to keep. */
    @FunctionalInterface
    public interface Sink {
        /** One body, UTF-8 JSON without a newline; or one id, by what the query asks for. */
        void row(byte[] buffer, int offset, int length);
    }

    /** Takes the lines of blocks. */
    public interface BlockSink extends Sink {
        /** Says of which block and type the rows to come are; called before the first one and at each change. */
        void enter(String head, String type);
    }

    /** Takes rows with what names them. The array is the taker's to keep. */
    @FunctionalInterface
    public interface KeyedSink {
        /** One body, with its key and the logical id of its resource. */
        void row(long key, String id, byte[] buffer, int offset, int length);
    }

    /** Takes the columns of a row: of each, where it begins and how long it is, one after the other. */
    private interface Columns {
        void row(byte[] message, int[] places);
    }

    /**
     * Gives each row of the query within the range to the sink, in order of keys, and returns their number.
     *
     * @param canceller is given an action that ends the read from another thread; the read then fails
     * @throws DataAccessException if PostgreSQL refuses, is lost or was told to cancel
     */
    public long read(RowQuery query, KeyRange range, Sink sink, Consumer<Runnable> canceller) {
        String select = "select " + query.column() + " from " + query.from() + " and key between " + range.first()
                + " and " + range.last() + " order by key";
        return copy(select, 1, (message, at) -> sink.row(message, at[0], at[1]), canceller);
    }

    /** Gives each row of the query to the sink, in no order, and returns their number; for what nobody cancels. */
    public long scan(RowQuery query, KeyedSink sink) {
        String select = "select key, id, " + query.column() + " from " + query.from();
        return copy(
                select,
                3,
                (message, at) -> sink.row(
                        ByteBuffer.wrap(message).getLong(at[0]), text(message, at[2], at[3]), message, at[4], at[5]),
                canceller -> {});
    }

    /**
     * Gives lines of a job's plan of blocks to the sink, in their order, and returns their number.
     *
     * @param queries one for each type that lines may be of; they say what a row gives
     * @param lines the numbers of the lines
     */
    public long read(UUID job, List<RowQuery> queries, KeyRange lines, BlockSink sink, Consumer<Runnable> canceller) {
        // OFFSET 0 keeps the look-ups inside, so that lines come by their index and nothing is sorted. For each line,
        // one
        // of the types is looked into.
        String bodies = queries.stream()
                .map(query -> "select " + query.column() + " as body from " + query.table() + " where '" + query.type()
                        + "' = l.type and key = l.key")
                .collect(Collectors.joining(" union all ", "(", " offset 0)"));
        String select = "select l.head, l.type, r.body from block_line l cross join lateral " + bodies
                + " r where l.attempt = " + Blocks.attempt(job) + " and l.seq between " + lines.first() + " and "
                + lines.last() + " order by l.seq";
        return copy(select, 3, new Entries(sink), canceller);
    }

    /** Tells a sink of blocks when the block or the type changes. */
    private static final class Entries implements Columns {
        private final BlockSink sink;
        private byte[] head = {};
        private byte[] type = {};

        Entries(BlockSink sink) {
            this.sink = sink;
        }

        @Override
        public void row(byte[] message, int[] at) {
            if (!is(head, message, at[0], at[1]) || !is(type, message, at[2], at[3])) {
                head = Arrays.copyOfRange(message, at[0], at[0] + at[1]);
                type = Arrays.copyOfRange(message, at[2], at[2] + at[3]);
                sink.enter(text(head, 0, head.length), text(type, 0, type.length));
            }
            sink.row(message, at[4], at[5]);
        }

        private static boolean is(byte[] known, byte[] message, int offset, int length) {
            return Arrays.equals(known, 0, known.length, message, offset, offset + length);
        }
    }

    private static String text(byte[] message, int offset, int length) {
        return new String(message, offset, length, StandardCharsets.UTF_8);
    }

    private long copy(String select, int columns, Columns sink, Consumer<Runnable> canceller) {
        String sql = "copy (" + select + ") to stdout (format binary)";
        try (Connection connection = dataSource.getConnection()) {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            CopyOut copy = postgres.getCopyAPI().copyOut(sql);
            canceller.accept(() -> cancel(connection));
            try {
                return drain(copy, new int[2 * columns], sink);
            } finally {
                canceller.accept(() -> {});
                if (copy.isActive()) {
                    giveUp(connection);
                }
            }
        } catch (SQLException e) {
            DataAccessException translated = jdbc.getExceptionTranslator().translate("read rows", sql, e);
            throw translated == null ? new UncategorizedSQLException("read rows", sql, e) : translated;
        }
    }

    /** A connection on which rows are still under way is no good to anybody: they would answer its next statement. */
    private void giveUp(Connection connection) throws SQLException {
        if (dataSource.isWrapperFor(HikariDataSource.class)) {
            dataSource.unwrap(HikariDataSource.class).evictConnection(connection);
        } else {
            connection.abort(Runnable::run);
        }
    }

    private static long drain(CopyOut copy, int[] places, Columns sink) throws SQLException {
        long rows = 0;
        long taken = take(copy.readFromCopy(), true, places, sink);
        while (taken >= 0) {
            rows += taken;
            // Nothing holds the message before: it may be large.
            taken = take(copy.readFromCopy(), false, places, sink);
        }
        return rows;
    }

    /** Gives the rows of a message to the sink and returns their number; -1 if there is no message. */
    private static long take(byte @Nullable [] message, boolean first, int[] places, Columns sink) {
        if (message == null) {
            return -1;
        }
        ByteBuffer data = ByteBuffer.wrap(message);
        if (first) {
            data.position(SIGNATURE_BYTES + 4);
            int extension = data.getInt();
            data.position(data.position() + extension);
        }
        long rows = 0;
        while (data.hasRemaining() && data.getShort() > 0) { // -1 ends the copy
            for (int i = 0; i < places.length; i += 2) {
                places[i + 1] = data.getInt();
                places[i] = data.position();
                data.position(places[i] + places[i + 1]);
            }
            sink.row(message, places);
            rows++;
        }
        return rows;
    }

    /** Has PostgreSQL end the read; if nobody answers there, it would wait for ever, and the connection is given up. */
    private static void cancel(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            log.warn("A read could not be cancelled; its connection is closed: {}", e.getMessage());
            try {
                connection.abort(Runnable::run);
            } catch (SQLException closed) {
                log.debug("The connection is closed already: {}", closed.getMessage());
            }
        }
    }
}
