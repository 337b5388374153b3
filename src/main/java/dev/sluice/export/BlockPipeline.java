package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.UnitContext;
import dev.sluice.store.RowStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the lines of a file that has blocks on their way: writes a header before the first line of each block, also of
 * one that began in the file before, and leaves the elements that are wanted.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization">Bulk Data IG, file
 *     organization</a>
 */
final class BlockPipeline implements LineSink, RowStream.BlockSink {
    private static final byte[] NEWLINE = {'\n'};

    private final ResourceType by;
    private final Map<String, Elements> elements;
    private final BlobWriter file;
    private final UnitContext context;
    private final RowFaults faults;
    private String head = "";
    private @Nullable Elements wanted;
    private long lines;
    private long read;

    /**
     * The way of the lines of one file.
     *
     * @param by the type whose instances the blocks are of
     * @param elements what is left of the resources of a type; others are left whole
     */
    BlockPipeline(ResourceType by, Map<String, Elements> elements, FileTarget to) {
        this.by = by;
        this.elements = elements;
        this.file = to.blob();
        this.context = to.context();
        this.faults = to.faults();
        this.read = to.before();
    }

    @Override
    public void enter(String head, String type) {
        if (!head.equals(this.head)) {
            this.head = head;
            write(
                    ("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"header\",\"valueReference\":{\"reference\":\""
                                    + by + "/" + head + "\"}}]}")
                            .getBytes(UTF_8));
        }
        wanted = elements.get(type);
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        context.check();
        line(buffer, offset, length);
        read += length + 1;
        context.progress(read);
    }

    private void line(byte[] buffer, int offset, int length) {
        if (wanted == null) {
            file.write(buffer, offset, length);
            file.write(NEWLINE, 0, 1);
        } else {
            byte[] left = faults.elements(wanted, buffer, offset, length);
            if (left == null) {
                return;
            }
            write(left);
        }
        lines++;
    }

    private void write(byte[] line) {
        file.write(line, 0, line.length);
        file.write(NEWLINE, 0, 1);
    }

    @Override
    public @Nullable String type() {
        return null;
    }

    @Override
    public void finish() {
        // Each line was written when it came.
    }

    @Override
    public long lines() {
        return lines;
    }
}
