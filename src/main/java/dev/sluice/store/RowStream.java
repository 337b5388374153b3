package dev.sluice.store;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
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
 * Reads the rows of a range with {@code COPY … TO STDOUT (FORMAT binary)}: no String and no object for a row but the
 * driver's own byte array.
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

    /**
     * Gives each row of the query within the range to the sink, in order of keys, and returns their number.
     *
     * @param canceller is given an action that ends the read from another thread; the read then fails
     * @throws DataAccessException if PostgreSQL refuses, is lost or was told to cancel
     */
    public long read(RowQuery query, KeyRange range, Sink sink, Consumer<Runnable> canceller) {
        String sql = "copy (select " + query.column() + " from " + query.from() + " and key between " + range.first()
                + " and " + range.last() + " order by key) to stdout (format binary)";
        try (Connection connection = dataSource.getConnection()) {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            CopyOut copy = postgres.getCopyAPI().copyOut(sql);
            canceller.accept(() -> cancel(connection));
            try {
                return drain(copy, sink);
            } finally {
                canceller.accept(() -> {});
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        } catch (SQLException e) {
            DataAccessException translated = jdbc.getExceptionTranslator().translate("read rows", sql, e);
            throw translated == null ? new UncategorizedSQLException("read rows", sql, e) : translated;
        }
    }

    private static long drain(CopyOut copy, Sink sink) throws SQLException {
        long rows = 0;
        long taken = take(copy.readFromCopy(), true, sink);
        while (taken >= 0) {
            rows += taken;
            taken = take(copy.readFromCopy(), false, sink); // nothing holds the message before: it may be large
        }
        return rows;
    }

    /** Gives the rows of a message to the sink and returns their number; -1 if there is no message. */
    private static long take(byte @Nullable [] message, boolean first, Sink sink) {
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
        while (data.hasRemaining() && data.getShort() == 1) { // -1 ends the copy
            int length = data.getInt();
            sink.row(message, data.position(), length);
            data.position(data.position() + length);
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
