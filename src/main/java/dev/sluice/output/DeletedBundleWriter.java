package dev.sluice.output;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the ids of deleted resources as transaction Bundles, one Bundle per line. A client that applies them deletes
 * its copies. If the export is de-identified, they are the ids that the resources had in the output.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest">Bulk Data IG, deleted</a>
 */
final class DeletedBundleWriter implements RowStream.Sink {
    /** The number of entries of one Bundle; servers refuse very large transactions. */
    private static final int ENTRIES = 1_000;

    private final ResourceType type;
    private final LineWriter lines;
    private ArrayNode entries = FhirJson.MAPPER.createArrayNode();
    private long unnamed;

    DeletedBundleWriter(ResourceType type, LineWriter lines) {
        this.type = type;
        this.lines = lines;
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        lines.check();
        String id = lines.id(type, new String(buffer, offset, length, StandardCharsets.US_ASCII));
        if (id == null) {
            unnamed++;
            return;
        }
        entries.addObject().putObject("request").put("method", "DELETE").put("url", type + "/" + id);
        if (entries.size() == ENTRIES) {
            finish();
        }
    }

    /** Warnings about deletions that are in no Bundle. */
    List<Issue> issues() {
        return issues(type, unnamed);
    }

    static List<Issue> issues(ResourceType type, long unnamed) {
        return unnamed == 0
                ? List.of()
                : List.of(new Issue(
                        Severity.WARNING,
                        "incomplete",
                        unnamed + " deleted " + type + " are not listed, since the rules remove the ids of " + type
                                + ". To list them, use rules that keep or replace the ids, as cryptoHash does."));
    }

    /** Writes the last Bundle. */
    void finish() {
        if (entries.isEmpty()) {
            return;
        }
        ObjectNode bundle =
                FhirJson.MAPPER.createObjectNode().put("resourceType", "Bundle").put("type", "transaction");
        bundle.set("entry", entries);
        lines.line(bundle.toString().getBytes(StandardCharsets.UTF_8));
        entries = FhirJson.MAPPER.createArrayNode();
    }
}
