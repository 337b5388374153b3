package dev.sluice.viewexport;

import dev.sluice.fhir.FhirException;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.CompiledView;
import dev.sluice.view.CsvRows;
import dev.sluice.view.NdjsonRows;
import dev.sluice.view.ViewDefinition;
import dev.sluice.view.ViewRow;
import dev.sluice.view.ViewRow.RowSink;
import dev.sluice.view.ViewRowException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a view makes of several resources, as the body of an answer. Their number, their bytes and the steps that
 * they take are limited. For use by one thread.
 */
final class RunRows {
    /** Bytes of heap that one run takes, for its values and its rows. */
    static final int MEMORY = 32 << 20;

    private static final int LARGEST = 16 << 20;

    /** A client waits for the answer. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Format format;
    private final int limit;
    private Duration longest = LONGEST;
    private final CompiledView view;
    private final RowSink writer;
    private final JsonOutput out = new JsonOutput();
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private int made;
    private long steps;
    private long begun;

    /** The form of the rows. */
    enum Format {
        JSON("application/json"),
        NDJSON("application/x-ndjson"),
        CSV("text/csv;charset=utf-8");

        private static final Map<String, Format> NAMES = Map.of(
                "json", JSON,
                "application/json", JSON,
                "ndjson", NDJSON,
                "application/x-ndjson", NDJSON,
                "application/ndjson", NDJSON,
                "csv", CSV,
                "text/csv", CSV);

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }

        /** The format that a client names; null if there is no such format. */
        static @Nullable Format of(String name) {
            return NAMES.get(name.toLowerCase(Locale.ROOT));
        }

        String mediaType() {
            return mediaType;
        }
    }

    /** Ends the rows of a resource when there are enough. */
    private static final class EnoughRows extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EnoughRows() {
            super(null, null, false, false);
        }
    }

    /**
     * @param bases base URLs that mean this server in references
     * @param header whether CSV begins with the names of the columns
     * @param limit the number of rows after which there are enough
     */
    RunRows(ViewDefinition definition, OwnBases bases, Format format, boolean header, int limit) {
        this.format = format;
        this.limit = limit;
        this.view = definition.compile(bases).checkedBy(this::requireTime);
        this.writer = format == Format.CSV
                ? new CsvRows(definition.columns(), out, LARGEST)
                : new NdjsonRows(definition.columns(), out, LARGEST);
        if (format == Format.JSON) {
            all.write('[');
        } else if (format == Format.CSV && header) {
            all.writeBytes(CsvRows.header(definition.columns()));
        }
    }

    /** Has the rows end after this time. */
    RunRows endAfter(Duration time) {
        longest = time;
        return this;
    }

    /** Whether more rows are not wanted. */
    boolean isFull() {
        return made >= limit;
    }

    /**
     * Adds the rows of a resource, until there are enough.
     *
     * @throws ViewRowException if the view can make no rows of it; then none was added
     * @throws FhirException 413 if the rows are too large; 422 if they take too many steps or too long
     */
    void add(byte[] resource, int offset, int length) {
        int before = made;
        begun = begun == 0 ? System.nanoTime() : begun;
        requireTime();
        out.clear();
        try {
            view.rows(resource, offset, length, this::row);
        } catch (EnoughRows e) {
            // The rest is not wanted.
        } catch (ViewRowException e) {
            made = before;
            throw e;
        }
        out.take(all::write);
        steps += view.steps();
        if (all.size() > LARGEST) {
            throw FhirException.of(
                    413, "too-costly", "The rows are larger than " + (LARGEST >> 20) + " MB; give a lower _limit.");
        }
        if (steps > CompiledView.MOST_STEPS) {
            throw FhirException.of(
                    422,
                    "too-costly",
                    "The rows take more than " + CompiledView.MOST_STEPS
                            + " steps; simplify the paths of the view, or give fewer resources.");
        }
    }

    /** The time begins with the first resource. */
    private void requireTime() {
        if (System.nanoTime() - begun > longest.toNanos()) {
            throw FhirException.of(
                    422,
                    "too-costly",
                    "The rows take longer than " + longest.toSeconds()
                            + " s; simplify the paths of the view, give a lower _limit, or use $viewdefinition-export.");
        }
    }

    private void row(ViewRow row) {
        if (isFull()) {
            throw new EnoughRows();
        }
        if (format == Format.JSON && made > 0) {
            out.put(',');
        }
        writer.row(row);
        if (format == Format.JSON) {
            out.truncate(out.size() - 1); // the end of the line
        }
        made++;
    }

    /** The number of rows. */
    int count() {
        return made;
    }

    /** Ends the rows, and gives them all. */
    byte[] end() {
        if (format == Format.JSON) {
            all.write(']');
        }
        return all.toByteArray();
    }
}
