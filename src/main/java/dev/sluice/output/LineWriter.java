package dev.sluice.output;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.filter.RowIssues;
import dev.sluice.json.JsonOutput;
import dev.sluice.store.SealedLines;
import dev.sluice.view.ViewRowException;
import org.jspecify.annotations.Nullable;

/** Writes the lines of one file, or the rows of one table, and reports the progress of its unit. For use by one thread. */
final class LineWriter {
    private final LineTarget file;
    private final UnitControl control;
    private final RowIssues issues;
    private final @Nullable UnitDeidentifier deidentifier;
    private long lines;
    private long read;

    /**
     * @param deidentifier changes each resource; null = resources are written as they are stored
     * @param before bytes that the unit read for its earlier files
     */
    LineWriter(
            LineTarget file,
            UnitControl control,
            RowIssues issues,
            @Nullable UnitDeidentifier deidentifier,
            long before) {
        this.file = file;
        this.control = control;
        this.issues = issues;
        this.deidentifier = deidentifier;
        this.read = before;
    }

    /** Returns if the unit may continue. */
    void check() {
        control.check();
    }

    boolean matches(ResourceFilter filter, byte[] buffer, int offset, int length) {
        return issues.matches(filter, buffer, offset, length);
    }

    /** Whether a resource without a projection is written as it is stored. */
    boolean writesStoredBytes() {
        return deidentifier == null;
    }

    /** The id that a resource has in the output; null if it has none. */
    @Nullable
    String id(ResourceType type, String id) {
        return deidentifier == null ? id : deidentifier.id(type, id);
    }

    /**
     * Writes a resource as a line: de-identified, and then limited to the given elements if any are given. Conditions of
     * rules may ask for other elements than these.
     */
    void resource(byte[] buffer, int offset, int length, @Nullable ElementsProjection elements) {
        if (deidentifier == null) {
            limited(buffer, offset, length, elements);
        } else if (elements == null) {
            deidentifier.apply(buffer, offset, length, file::part);
            file.end();
            lines++;
        } else {
            JsonOutput changed = new JsonOutput();
            deidentifier.apply(buffer, offset, length, (part, from, size) -> changed.put(part, from, from + size));
            limited(changed.bytes(), 0, changed.size(), elements);
        }
    }

    /** Writes a row for a resource of this id that left the set, and nothing if the rules remove its id. */
    boolean deleted(TableTarget table, ResourceType type, String id) {
        String shown = id(type, id);
        if (shown != null) {
            table.deleted(shown);
            lines++;
        }
        return shown != null;
    }

    /** Writes what stands before the rows of a view in each file. */
    void beginRows(UnitView view) {
        view.begin(file);
    }

    /** Writes the rows that a view makes of a resource, which is de-identified before. */
    void rows(UnitView view, byte[] buffer, int offset, int length) {
        byte[] resource = buffer;
        int from = offset;
        int size = length;
        if (deidentifier != null) {
            JsonOutput changed = new JsonOutput();
            deidentifier.apply(buffer, offset, length, (part, at, count) -> changed.put(part, at, at + count));
            resource = changed.bytes();
            from = 0;
            size = changed.size();
        }
        try {
            lines += view.rows(resource, from, size, file);
        } catch (ViewRowException e) {
            issues.leftOut(buffer, offset, length, "the view '" + view.name() + "': " + e.getMessage() + ".");
        }
    }

    private void limited(byte[] buffer, int offset, int length, @Nullable ElementsProjection elements) {
        if (elements == null) {
            write(buffer, offset, length);
            lines++;
            return;
        }
        byte[] left = issues.elements(elements, buffer, offset, length);
        if (left != null) {
            line(left);
        }
    }

    /** Writes a line as it is. */
    void line(byte[] line) {
        write(line, 0, line.length);
        lines++;
    }

    /** Writes a line that does not count as a resource of the export. */
    void header(byte[] line) {
        write(line, 0, line.length);
    }

    private void write(byte[] buffer, int offset, int length) {
        file.line(buffer, offset, length);
    }

    void compressed(SealedLines sealed) {
        file.lines(sealed);
        lines += sealed.count();
        progress(sealed.bytes());
    }

    /** Reports the number of bytes that were read. */
    void progress(long bytes) {
        read += bytes;
        control.progress(read);
    }

    /** The number of lines that were written, without headers. */
    long lines() {
        return lines;
    }
}
