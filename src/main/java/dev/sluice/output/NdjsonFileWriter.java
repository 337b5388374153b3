package dev.sluice.output;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.filter.RowIssues;
import dev.sluice.store.SealedLines;
import org.jspecify.annotations.Nullable;

/**
 * Writes the resources of one type to an NDJSON file. It drops resources that match no filter and keeps only the
 * selected elements. Without filters and elements it writes the stored bytes unchanged.
 */
final class NdjsonFileWriter implements OutputFileWriter {
    private final ResourceType type;
    private final ResourceFilter filter;
    private final @Nullable ElementsProjection elements;
    private final LineWriter lines;
    private final UnitControl control;
    private final RowIssues issues;

    NdjsonFileWriter(TypeWriter how, LineWriter lines, UnitControl control, RowIssues issues) {
        this.type = how.type();
        this.filter = how.filter();
        this.elements = how.elements();
        this.lines = lines;
        this.control = control;
        this.issues = issues;
    }

    /** The filters and the projection of a type. */
    record TypeWriter(
            ResourceType type,
            ResourceFilter filter,
            @Nullable ElementsProjection elements) {}

    @Override
    public void row(byte[] buffer, int offset, int length) {
        control.check();
        if (issues.takes(filter, buffer, offset, length)) {
            lines.resource(buffer, offset, length, elements);
        }
        lines.progress(length + 1);
    }

    @Override
    public void lines(SealedLines sealed) {
        if (elements != null || !filter.isEmpty()) {
            OutputFileWriter.super.lines(sealed);
            return;
        }
        control.check();
        lines.compressed(sealed);
    }

    @Override
    public String type() {
        return type.name();
    }

    @Override
    public long lines() {
        return lines.lines();
    }
}
