package dev.sluice.output;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the ids of deleted resources as rows of a table that have nothing but the id and the mark. */
final class DeletedRowWriter implements RowStream.Sink {
    private final ResourceType type;
    private final TableTarget table;
    private final LineWriter lines;
    private long unnamed;

    DeletedRowWriter(ResourceType type, TableTarget table, LineWriter lines) {
        this.type = type;
        this.table = table;
        this.lines = lines;
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        lines.check();
        if (!lines.deleted(table, type, new String(buffer, offset, length, StandardCharsets.US_ASCII))) {
            unnamed++;
        }
    }

    /** Warnings about deletions that have no row. */
    List<Issue> issues() {
        return DeletedBundleWriter.issues(type, unnamed);
    }
}
