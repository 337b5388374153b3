package dev.sluice.output;

import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the ids of deleted resources as transaction Bundles, one Bundle per line. A client that applies them deletes
 * its copies.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest">Bulk Data IG, deleted</a>
 */
final class DeletedBundleWriter implements OutputFileWriter {
    /** The number of entries of one Bundle; servers refuse very large transactions. */
    private static final int ENTRIES = 1_000;

    private final ResourceType type;
    private final BlobWriter file;
    private final UnitControl control;
    private ArrayNode entries = FhirJson.MAPPER.createArrayNode();
    private long lines;

    DeletedBundleWriter(ResourceType type, BlobWriter file, UnitControl control) {
        this.type = type;
        this.file = file;
        this.control = control;
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        control.check();
        String id = new String(buffer, offset, length, StandardCharsets.US_ASCII);
        entries.addObject().putObject("request").put("method", "DELETE").put("url", type + "/" + id);
        if (entries.size() == ENTRIES) {
            finish();
        }
    }

    @Override
    public void finish() {
        if (entries.isEmpty()) {
            return;
        }
        ObjectNode bundle =
                FhirJson.MAPPER.createObjectNode().put("resourceType", "Bundle").put("type", "transaction");
        bundle.set("entry", entries);
        byte[] line = (bundle + "\n").getBytes(StandardCharsets.UTF_8);
        file.write(line, 0, line.length);
        entries = FhirJson.MAPPER.createArrayNode();
        lines++;
    }

    @Override
    public String type() {
        return ResourceType.BUNDLE.name();
    }

    @Override
    public long lines() {
        return lines;
    }
}
