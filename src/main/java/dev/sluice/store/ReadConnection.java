package dev.sluice.store;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.database.FailoverExceptionTranslator;
import dev.sluice.database.LongRead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A database connection for one streaming read. If the read does not finish, the connection is closed and not returned
 * to the pool, because the next statement would receive rows that are still in transit.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-copy.html">COPY, binary format</a>
 */
final class ReadConnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReadConnection.class);
    private static final int SIGNATURE_BYTES = 11;

    private final DataSource dataSource;
    private final Connection connection;
    private final Consumer<Runnable> canceller;
    private boolean inTransaction;
    private boolean ended;

    /**
     * Takes a connection.
     *
     * @param canceller receives an action that ends the read from another thread
     */
    ReadConnection(DataSource dataSource, Consumer<Runnable> canceller) throws SQLException {
        this.dataSource = dataSource;
        this.connection = dataSource.getConnection();
        this.canceller = canceller;
    }

    /** Takes the columns of a row as alternating offsets and lengths; the length of null is -1. */
    interface Columns {
        void row(byte[] message, int[] places);
    }

    /** Begins a transaction whose statements all read the same state of the database; goes on in it if it has begun. */
    void beginRepeatableRead() throws SQLException {
        if (inTransaction) {
            return;
        }
        execute("begin isolation level repeatable read read only; " + LongRead.SETTINGS);
        inTransaction = true;
    }

    /** The connection for other statements of this read. */
    JdbcTemplate jdbc() {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        jdbc.setExceptionTranslator(new FailoverExceptionTranslator(dataSource));
        return jdbc;
    }

    /** Passes each row of a query to the sink and returns the number of rows. */
    long copy(String select, int columns, Columns sink) throws SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (" + select + ") to stdout (format binary)");
        canceller.accept(this::cancel);
        try {
            return drain(copy, new int[2 * columns], sink);
        } finally {
            canceller.accept(() -> {});
        }
    }

    /** Marks the read as finished, so that the connection returns to the pool. */
    void end() throws SQLException {
        if (inTransaction) {
            execute("commit");
        }
        ended = true;
    }

    @Override
    public void close() throws SQLException {
        if (!ended) {
            evict();
        }
        connection.close();
    }

    private void evict() throws SQLException {
        if (dataSource.isWrapperFor(HikariDataSource.class)) {
            dataSource.unwrap(HikariDataSource.class).evictConnection(connection);
        } else {
            connection.abort(Runnable::run);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long drain(CopyOut copy, int[] places, Columns sink) throws SQLException {
        long rows = 0;
        long taken = take(copy.readFromCopy(), true, places, sink);
        while (taken >= 0) {
            rows += taken;
            // The previous message is not referenced any more, because it may be large.
            taken = take(copy.readFromCopy(), false, places, sink);
        }
        return rows;
    }

    /** Passes the rows of a message to the sink and returns their number; -1 if the stream has ended. */
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
                data.position(places[i] + Math.max(places[i + 1], 0));
            }
            sink.row(message, places);
            rows++;
        }
        return rows;
    }

    /**
     * Makes PostgreSQL cancel the read. If the server does not respond, it would wait forever, so the connection is
     * aborted.
     */
    private void cancel() {
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

    /** A part of a message as text. */
    static String text(byte[] message, int offset, int length) {
        return new String(message, offset, length, StandardCharsets.UTF_8);
    }
}
