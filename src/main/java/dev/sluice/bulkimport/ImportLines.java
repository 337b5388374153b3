package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.ResourceJson;
import dev.sluice.ingest.ResourceWriter;
import dev.sluice.ingest.ResourceWriter.Prepared;
import dev.sluice.json.NdjsonReader;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.VersionCondition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Converts the lines of an import to changes. A line is a resource, a version that is marked as deleted, or a
 * transaction Bundle with only deletions, as in the {@code deleted} files of an export.
 *
 * @param only the one type to take; null for any
 * @param mode what happens to number and time of a version
 * @param references counts the references of the lines that name no resource of this server
 * @param mayDelete whether a line may be a deletion
 */
record ImportLines(
        ResourceWriter writer,
        @Nullable ResourceType only,
        ImportMeta mode,
        UnresolvedReferences references,
        boolean mayDelete) {
    /**
     * What a line changes.
     *
     * @param size roughly the bytes of the writes
     * @param sharesBuffer whether they must be written before the next line is read
     */
    record Change(List<ResourceWrite> writes, int size, boolean sharesBuffer) {}

    /** The change of the current line; a problem that says what is wrong with it otherwise. */
    Change change(NdjsonReader lines) {
        if (lines.tooLong()) {
            throw ResourceJson.tooLarge();
        }
        ResourceJson json = ResourceJson.parse(lines.buffer(), lines.offset(), lines.length());
        if (isDeletions(json)) {
            requireDeletes();
            return deletions(json);
        }
        require(json.type());
        ResourceKey key = json.key();
        ResourceWrite.Origin origin = LineOrigin.of(json.tree(), lines.number(), mode);
        if (LineOrigin.isDeletion(json.tree())) {
            requireDeletes();
            ResourceWrite write = new ResourceWrite(
                    key, null, VersionCondition.NONE, origin, writer.patients(json, references.bases()));
            return new Change(List.of(write), 0, false);
        }
        references.add(lines.buffer(), lines.offset(), lines.length()); // before a large one is made a line in place
        Prepared resource = writer.prepareLine(json, key.id(), references.bases());
        ResourceWrite write = new ResourceWrite(key, resource.content(), VersionCondition.NONE, origin, List.of());
        return new Change(List.of(write), resource.size(), resource.sharesBuffer());
    }

    private void require(ResourceType type) {
        if (only != null && !type.equals(only)) {
            throw FhirException.invalid(
                    "The resource is of type " + type + ", but the file was announced to hold " + only + " only.");
        }
    }

    private void requireDeletes() {
        if (!mayDelete) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "The line is a deletion, and whoever started this import may import, but not delete. Leave it out, or"
                            + " have it imported by an administrator or by a client that may delete.");
        }
    }

    /** Whether it is a line of a {@code deleted} file, and not a Bundle that a store kept, which has a version. */
    private static boolean isDeletions(ResourceJson json) {
        JsonNode entries = json.tree().path("entry");
        if (!json.type().equals(ResourceType.BUNDLE)
                || entries.isEmpty()
                || json.tree().path("meta").has("versionId")
                || !json.tree().path("type").asString("").equals("transaction")) {
            return false;
        }
        for (JsonNode entry : entries) {
            if (entry.has("resource")
                    || !entry.path("request").path("method").asString("").equals("DELETE")) {
                return false;
            }
        }
        return true;
    }

    private Change deletions(ResourceJson json) {
        List<ResourceWrite> writes = new ArrayList<>();
        for (JsonNode entry : json.tree().path("entry")) {
            String url = entry.path("request").path("url").asString("");
            String[] parts = url.split("/", -1);
            if (parts.length < 2 || url.indexOf('?') >= 0) {
                throw FhirException.invalid("Bundle.entry[" + writes.size() + "]: the url '" + url
                        + "' names no resource; a deletion in an import needs the form Type/id.");
            }
            ResourceKey key = new ResourceKey(ResourceType.of(parts[parts.length - 2]), parts[parts.length - 1]);
            if (!ResourceType.BUNDLE.equals(only)) {
                require(key.type());
            }
            writes.add(ResourceWrite.delete(key));
        }
        return new Change(writes, 0, false);
    }
}
