package dev.sluice.benchmark;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Rows as PostgreSQL's COPY alone reads and writes them: no server can be faster by the same way. */
final class RawCopy {
    /** The rows that an export of now gives. */
    static final String CURRENT = "superseded_at is null and not deleted";

    /** Those that Sluice writes. */
    private static final String COLUMNS =
            "type, id, version_id, last_updated, deleted, bytes, compartment, former_compartment, token_hashes, body";

    private final String url;

    RawCopy(String url) {
        this.url = url;
    }

    /** How many rows there are, and the bytes of their lines. */
    record Size(long resources, long bytes) {}

    Size size() {
        return new Size(
                Postgres.number(url, "select count(*) from resource where " + CURRENT),
                Postgres.number(url, "select coalesce(sum(bytes), 0) from resource where " + CURRENT));
    }

    /** The bodies of some rows to a file, as {@code psql … > file} does; by the driver where there is no psql. */
    void toFile(String range, Path file) {
        String sql = "COPY (SELECT body FROM resource WHERE " + CURRENT + " AND " + range + ") TO STDOUT";
        if (!MachineInfo.HAS_PSQL) {
            out(sql, file);
            return;
        }
        try {
            Process psql = new ProcessBuilder("psql", "-X", "-q", "-d", url.substring("jdbc:".length()), "-c", sql)
                    .redirectOutput(file.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Cleanup.atEnd(psql::destroy);
            if (psql.waitFor() != 0) {
                throw new BenchmarkException("psql failed: " + sql);
            }
        } catch (IOException e) {
            throw new BenchmarkException("psql did not start", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }

    /** The bodies of some rows in the binary format, dropped as soon as they are here. */
    void toNothing(String range) {
        String sql =
                "copy (select body from resource where " + CURRENT + " and " + range + ") to stdout (format binary)";
        try (Connection connection = DriverManager.getConnection(url)) {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
            byte[] dropped = copy.readFromCopy();
            while (dropped != null) {
                dropped = copy.readFromCopy();
            }
        } catch (SQLException e) {
            throw new BenchmarkException(sql, e);
        }
    }

    /** Everything that Sluice writes of the current rows, for {@link #in}. */
    void dump(Path file) {
        out("copy (select " + COLUMNS + " from resource where " + CURRENT + ") to stdout (format binary)", file);
    }

    /** Writes what was dumped to a table with the same columns and indexes; returns the number of rows. */
    long in(Path file) {
        String sql = "copy resource (" + COLUMNS + ") from stdin (format binary)";
        try (Connection connection = DriverManager.getConnection(url);
                InputStream content = Files.newInputStream(file)) {
            return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, content, 1 << 16);
        } catch (SQLException | IOException e) {
            throw new BenchmarkException(sql, e);
        }
    }

    /** Conditions that cut the current rows into parts of about the same number of bytes. */
    List<String> ranges(int parts) {
        List<String> ranges = new ArrayList<>();
        String from = "true";
        for (int part = 1; part < parts; part++) {
            long last = Postgres.number(url, lastKey(part, parts));
            ranges.add(from + " and key <= " + last);
            from = "key > " + last;
        }
        ranges.add(from);
        return ranges;
    }

    private static String lastKey(int part, int parts) {
        return "select max(key) from (select key, sum(bytes) over (order by key) as below, sum(bytes) over () as total"
                + " from resource where " + CURRENT + ") rows where below <= total * " + part + " / " + parts;
    }

    private void out(String sql, Path file) {
        try (Connection connection = DriverManager.getConnection(url);
                OutputStream content = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, content);
        } catch (SQLException | IOException e) {
            throw new BenchmarkException(sql, e);
        }
    }
}
