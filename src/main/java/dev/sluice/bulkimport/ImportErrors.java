package dev.sluice.bulkimport;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the errors of one file of an import to a blob: one OperationOutcome per line. Without errors it creates no
 * blob.
 */
final class ImportErrors implements AutoCloseable {
    private final BlobStore blobs;
    private final BlobPath path;
    private final String source;
    private @Nullable BlobWriter writer;

    /**
     * @param source the file that has the bad lines, as its reader knows it
     */
    ImportErrors(BlobStore blobs, BlobPath path, String source) {
        this.blobs = blobs;
        this.path = path;
        this.source = source;
    }

    /** The name of the file with the bad lines of a job's nth file, from 0. */
    static String name(int index) {
        return (index + 1) + ".ndjson";
    }

    /** Where the bad lines of one of a job's files are. */
    static BlobPath path(UUID job, String name) {
        return new BlobPath(ContainerName.IMPORT_ERRORS, job.toString(), name);
    }

    void add(LineError line) {
        if (writer == null) {
            blobs.createContainer(ContainerName.IMPORT_ERRORS);
            writer = blobs.create(path, BlobStore.Encoding.IDENTITY);
        }
        Issue issue = Issue.error("invalid", source + ", line " + line.number() + ": " + line.why());
        byte[] text = (FhirJson.operationOutcome(List.of(issue)) + "\n").getBytes(StandardCharsets.UTF_8);
        writer.write(text, 0, text.length);
    }

    /** Makes what was added visible, and gives its name; null if nothing was added. */
    @Nullable
    String commit() {
        if (writer == null) {
            return null;
        }
        writer.commit();
        return path.name();
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
