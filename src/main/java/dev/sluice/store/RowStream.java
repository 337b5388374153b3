package dev.sluice.store;

import dev.sluice.database.FailoverExceptionTranslator;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Streams rows from the database with {@code COPY … TO STDOUT (FORMAT binary)}. It creates no String and no object for
 * a row except the driver's byte array.
 *
 * <p>Safe for use by any number of threads; each read takes one connection. Only the current row is in memory.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-copy.html">COPY, binary format</a>
 */
@Component
public class RowStream {
    /** The id of the patient of a row, as SQL. */
    static final String PATIENT = "(select patient_id from patient_number where number = sole_patient)";

    private final DataSource dataSource;
    private final JdbcTemplate jdbc;

    /** Reads through connections of this source. */
    public RowStream(DataSource dataSource) {
        this.dataSource = dataSource;
        this.jdbc = FailoverExceptionTranslator.jdbc(dataSource);
    }

    /**
     * Reads through connections of a standby. All faults of a read are a {@link StandbyReadException}.
     *
     * @param premise is checked before each read, in the transaction of the read
     */
    public static RowStream ofStandby(DataSource standby, Premise premise) {
        return new Standby(standby, premise);
    }

    /** What must hold for the state of a database that is read. */
    @FunctionalInterface
    public interface Premise {
        /** Throws an exception if it does not hold for the state that the transaction of these statements reads. */
        void check(JdbcTemplate transaction);
    }

    /** Thrown if a standby did not give the rows. The primary can. */
    public static final class StandbyReadException extends RuntimeException {
        private static final long serialVersionUID = 1;

        StandbyReadException(Exception cause) {
            super("The rows could not be read from a standby: " + cause.getMessage(), cause);
        }
    }

    /** Takes rows, one after the other. The sink may keep the array. */
    @FunctionalInterface
    public interface Sink {
        /** Takes one body, UTF-8 JSON without a newline, or one id, depending on the query. */
        void row(byte[] buffer, int offset, int length);

        /** Takes many bodies as compressed lines. By default they are passed on one by one. */
        default void lines(SealedLines lines) {
            lines.each(this);
        }
    }

    /** Takes the lines of organised output. */
    public interface OrganizedSink extends Sink {
        /** Sets the block and the type of the next rows. Called before the first row and at each change. */
        void enter(String head, String type);
    }

    /** Takes rows with their keys and ids. The sink may keep the array. */
    @FunctionalInterface
    public interface KeyedSink {
        /** Takes one body, with its key and the logical id of its resource. */
        void row(long key, String id, byte[] buffer, int offset, int length);
    }

    /** Takes rows with their patients. The sink may keep the array. */
    @FunctionalInterface
    public interface PatientSink {
        /**
         * Takes one body.
         *
         * @param patient the id of the patient in whose compartment it is; null if it is in none or in several
         * @param deleted whether it marks a deletion
         */
        void row(@Nullable String patient, boolean deleted, byte[] buffer, int offset, int length);
    }

    /**
     * Passes each row of the query within the range to the sink, in order of keys, and returns the number of rows.
     *
     * @param canceller receives an action that ends the read from another thread; the read then fails
     * @throws DataAccessException if PostgreSQL refuses, is lost or was told to cancel, or if a sealed segment was
     *     damaged; the next read does without it
     */
    public long read(RowQuery query, KeyRange range, Sink sink, Consumer<Runnable> canceller) {
        return readSpans(
                query,
                range,
                (connection, span) -> span.isSealed()
                        ? Segments.read(connection, query, span, sink)
                        : readRows(connection, query, span, sink),
                canceller);
    }

    /**
     * Passes each resource of the query within the range to the sink with its patient, in order of keys, and returns their
     * number. Sealed segments do not know the patients; these are read from the rows.
     */
    public long readWithPatients(RowQuery query, KeyRange range, PatientSink sink, Consumer<Runnable> canceller) {
        return readSpans(
                query,
                range,
                (connection, span) -> span.isSealed()
                        ? Segments.readWithPatients(connection, query, span, sink)
                        : readRowsWithPatients(connection, query, span, sink),
                canceller);
    }

    private static long readRowsWithPatients(ReadConnection connection, RowQuery query, KeySpan span, PatientSink sink)
            throws SQLException {
        PatientIds ids = new PatientIds();
        return connection.copy(
                select(query.column() + ", " + PATIENT + ", deleted", query, span),
                3,
                (message, at) -> sink.row(ids.id(message, at[2], at[3]), message[at[4]] != 0, message, at[0], at[1]));
    }

    /** Columns of the rows of a span, as SQL. */
    static String select(String columns, RowQuery query, KeySpan span) {
        return "select " + columns + " from " + query.from() + " and key between " + span.first() + " and "
                + span.last() + " order by key";
    }

    /** Rows of one patient are often side by side, and share the text of its id. */
    static final class PatientIds {
        private byte[] last = {};
        private String lastText = "";

        @Nullable
        String id(byte[] message, int offset, int length) {
            if (length < 0) {
                return null;
            }
            if (!Arrays.equals(last, 0, last.length, message, offset, offset + length)) {
                last = Arrays.copyOfRange(message, offset, offset + length);
                lastText = ReadConnection.text(last, 0, length);
            }
            return lastText;
        }
    }

    /** The size of the largest body that the query reads, in bytes. */
    public long largest(RowQuery query) {
        Long bytes = jdbc.queryForObject("select coalesce(max(bytes), 0) from " + query.from(), Long.class);
        return bytes == null ? 0 : bytes;
    }

    private interface SpanReader {
        long read(ReadConnection connection, KeySpan span) throws SQLException;
    }

    /** Reads the spans of a range one after the other; it is one span if no segment can serve the query. */
    private long readSpans(RowQuery query, KeyRange range, SpanReader reader, Consumer<Runnable> canceller) {
        return read(
                connection -> {
                    if (!query.mayBeSealed()) {
                        return reader.read(connection, new KeySpan(range.first(), range.last(), List.of()));
                    }
                    connection.beginRepeatableRead();
                    long rows = 0;
                    for (KeySpan span : KeySpan.of(range, segments(connection, query, range))) {
                        rows += reader.read(connection, span);
                    }
                    return rows;
                },
                canceller);
    }

    private List<KeyRange> segments(ReadConnection connection, RowQuery query, KeyRange range) {
        try {
            return Segments.usable(connection.jdbc(), query, range);
        } catch (DataAccessException e) {
            throw fault(e);
        }
    }

    private static long readRows(ReadConnection connection, RowQuery query, KeySpan span, Sink sink)
            throws SQLException {
        return connection.copy(
                select(query.column(), query, span), 1, (message, at) -> sink.row(message, at[0], at[1]));
    }

    /**
     * Passes each row of the query to the sink, in no particular order, and returns the number of rows. The read cannot
     * be cancelled.
     */
    public long scan(RowQuery query, KeyedSink sink) {
        String select = "select key, id, " + query.column() + " from " + query.from();
        return read(
                select,
                3,
                (message, at) -> sink.row(
                        ByteBuffer.wrap(message).getLong(at[0]),
                        ReadConnection.text(message, at[2], at[3]),
                        message,
                        at[4],
                        at[5]),
                canceller -> {});
    }

    /**
     * Passes organised lines to the sink, in their order, and returns the number of lines.
     *
     * @param table where they are listed
     * @param queries one for each type of the lines; they select the columns
     * @param lines the numbers of the lines
     */
    public long read(
            LineTable table, List<RowQuery> queries, KeyRange lines, OrganizedSink sink, Consumer<Runnable> canceller) {
        return read(table.select(queries, lines), 3, new LineTable.Entries(sink), canceller);
    }

    private interface Read {
        long through(ReadConnection connection) throws SQLException;
    }

    private long read(String select, int columns, ReadConnection.Columns sink, Consumer<Runnable> canceller) {
        return read(connection -> connection.copy(select, columns, sink), canceller);
    }

    private long read(Read read, Consumer<Runnable> canceller) {
        try (ReadConnection connection = new ReadConnection(dataSource, canceller)) {
            begin(connection);
            long rows = read.through(connection);
            connection.end();
            return rows;
        } catch (SQLException | Segments.Damaged e) {
            throw fault(e);
        }
    }

    /** Prepares a read; does nothing here. */
    void begin(ReadConnection connection) throws SQLException {}

    /** What to throw for a fault of a read. Damaged segments are removed. */
    RuntimeException fault(Exception cause) {
        if (cause instanceof Segments.Damaged damaged) {
            Segments.remove(jdbc, damaged.type(), damaged.firstKeys());
        }
        return cause instanceof SQLException e
                ? FailoverExceptionTranslator.translated(jdbc, e)
                : (RuntimeException) cause;
    }

    /** Reads from a standby. Its damaged segments are not removed, since those of the primary may be whole. */
    private static final class Standby extends RowStream {
        private final Premise premise;

        Standby(DataSource source, Premise premise) {
            super(source);
            this.premise = premise;
        }

        @Override
        void begin(ReadConnection connection) throws SQLException {
            connection.beginRepeatableRead();
            try {
                premise.check(connection.jdbc());
            } catch (RuntimeException e) {
                throw fault(e);
            }
        }

        @Override
        RuntimeException fault(Exception cause) {
            return new StandbyReadException(cause);
        }
    }
}
