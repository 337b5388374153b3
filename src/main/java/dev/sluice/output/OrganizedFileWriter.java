package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.store.RowStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the lines of a file that is organised in blocks. A header precedes the first line of each block in the file,
 * also if the block began in an earlier file. Only the selected elements of each resource are written. If the export is
 * de-identified, headers name the ids that resources have in the output.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization">Bulk Data IG, file
 *     organization</a>
 */
final class OrganizedFileWriter implements RowStream.OrganizedSink {
    private final ResourceType by;
    private final Map<String, ElementsProjection> elements;
    private final LineWriter lines;
    private String head = "";
    private @Nullable ElementsProjection wanted;

    /**
     * @param by the type of whose instances each has a block
     * @param elements the projection of each type; resources of other types are written whole
     */
    OrganizedFileWriter(ResourceType by, Map<String, ElementsProjection> elements, LineWriter lines) {
        this.by = by;
        this.elements = elements;
        this.lines = lines;
    }

    @Override
    public void enter(String head, String type) {
        if (!head.equals(this.head)) {
            this.head = head;
            String id = lines.id(by, head);
            if (id == null) {
                throw new IllegalStateException(
                        "The rules remove the ids of " + by + ", so its blocks have no headers.");
            }
            lines.header(
                    ("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"header\",\"valueReference\":{\"reference\":"
                                    + FhirJson.MAPPER.writeValueAsString(by + "/" + id) + "}}]}")
                            .getBytes(UTF_8));
        }
        wanted = elements.get(type);
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        lines.check();
        lines.resource(buffer, offset, length, wanted);
        lines.progress(length + 1);
    }
}
