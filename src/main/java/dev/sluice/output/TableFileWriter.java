package dev.sluice.output;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.store.RowStream;
import org.jspecify.annotations.Nullable;

/** Writes the resources of one type to a table, each as the line that {@link NdjsonFileWriter} would write. */
final class TableFileWriter implements RowStream.PatientSink {
    private final ResourceFilter filter;
    private final @Nullable ElementsProjection elements;
    private final TableTarget table;
    private final LineWriter lines;

    TableFileWriter(ResourceFilter filter, @Nullable ElementsProjection elements, TableTarget table, LineWriter lines) {
        this.filter = filter;
        this.elements = elements;
        this.table = table;
        this.lines = lines;
    }

    @Override
    public void row(@Nullable String patient, boolean deleted, byte[] buffer, int offset, int length) {
        lines.check();
        if (lines.matches(filter, buffer, offset, length)) {
            String written = patient == null ? null : lines.id(ResourceType.PATIENT, patient);
            table.about(written, deleted, !lines.writesStoredBytes());
            lines.resource(buffer, offset, length, elements);
        }
        lines.progress(length + 1);
    }
}
