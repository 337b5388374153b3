package dev.sluice.store;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Writes new rows with {@code COPY … FROM STDIN (FORMAT binary)}, the fastest way to insert into PostgreSQL.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-copy.html">COPY, binary format</a>
 */
final class CopyRows implements AutoCloseable {
    private static final String SQL = "copy resource (type, id, version_id, meta_version_id, last_updated,"
            + " superseded_at, meta_last_updated, source_version_id, source_last_updated, deleted, bytes, compartment,"
            + " former_compartment, token_hashes, body) from stdin (format binary)";
    private static final byte[] HEADER = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int BUFFER = 1 << 16;

    /** PostgreSQL counts microseconds from the year 2000. */
    private static final long EPOCH_2000_MILLIS = 946_684_800_000L;

    private static final int INT4_OID = 23;
    private static final int INT8_OID = 20;

    private final PGCopyOutputStream copy;
    private final DataOutputStream out;

    CopyRows(Connection connection) throws SQLException, IOException {
        copy = new PGCopyOutputStream(connection.unwrap(PGConnection.class), SQL);
        out = new DataOutputStream(new BufferedOutputStream(copy, BUFFER));
        out.write(HEADER);
        out.writeInt(0);
        out.writeInt(0);
    }

    void add(NewVersion row) throws IOException {
        out.writeShort(15);
        text(row.key().type().name());
        text(row.key().id());
        VersionMeta meta = row.meta();
        out.writeInt(4);
        out.writeInt(meta.rowVersion());
        number(meta.versionId() == meta.rowVersion() ? 0 : meta.versionId());
        out.writeInt(8);
        out.writeLong((row.lastUpdated() - EPOCH_2000_MILLIS) * 1000);
        if (row.isCurrent()) {
            out.writeInt(-1);
        } else {
            out.writeInt(8);
            out.writeLong((row.lastUpdated() - EPOCH_2000_MILLIS) * 1000);
        }
        if (meta.lastUpdated() == null) {
            out.writeInt(-1);
        } else {
            text(meta.lastUpdated());
        }
        number(meta.sourceVersionId());
        time(meta.sourceLastUpdated());
        out.writeInt(1);
        out.writeBoolean(row.body() == null);
        out.writeInt(4);
        out.writeInt(row.body() == null ? 0 : NewVersion.bytes(row.body()));
        ints(row.compartment());
        ints(row.formerCompartment());
        longs(row.tokenHashes());
        pieces(row.body());
    }

    /** Ends the COPY; errors such as a unique violation surface here at the latest. */
    void finish() throws IOException, SQLException {
        out.writeShort(-1);
        out.flush();
        copy.endCopy();
    }

    /** Cancels the COPY if {@link #finish} was not called. */
    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }

    private void text(String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Writes a number; zero is written as null. */
    private void number(int value) throws IOException {
        out.writeInt(value == 0 ? -1 : 4);
        if (value != 0) {
            out.writeInt(value);
        }
    }

    private void time(@Nullable Instant value) throws IOException {
        out.writeInt(value == null ? -1 : 8);
        if (value != null) {
            out.writeLong((value.getEpochSecond() - EPOCH_2000_MILLIS / 1000) * 1_000_000 + value.getNano() / 1000);
        }
    }

    private void pieces(@Nullable List<ByteBuffer> body) throws IOException {
        if (body == null) {
            out.writeInt(-1);
            return;
        }
        out.writeInt(NewVersion.bytes(body) - 1);
        for (ByteBuffer piece : body) {
            out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
    }

    private void ints(int[] values) throws IOException {
        if (arrayHeader(values.length, INT4_OID, 4)) {
            for (int value : values) {
                out.writeInt(4);
                out.writeInt(value);
            }
        }
    }

    private void longs(long[] values) throws IOException {
        if (arrayHeader(values.length, INT8_OID, 8)) {
            for (long value : values) {
                out.writeInt(8);
                out.writeLong(value);
            }
        }
    }

    /** Writes an array; an empty one is written as null, so that partial indexes exclude the row. */
    private boolean arrayHeader(int length, int elementOid, int elementBytes) throws IOException {
        if (length == 0) {
            out.writeInt(-1);
            return false;
        }
        out.writeInt(20 + length * (4 + elementBytes));
        out.writeInt(1); // dimensions
        out.writeInt(0); // no nulls
        out.writeInt(elementOid);
        out.writeInt(length);
        out.writeInt(1); // lower bound
        return true;
    }
}
