package dev.sluice.feed;

import dev.sluice.export.ExportService;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.security.Caller;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the manifests of a feed: that of its latest snapshot, those of its deltas, and what follows each of them.
 *
 * @see <a href="https://build.fhir.org/ig/HL7/bulk-data/publish.html">Bulk Data IG, publish</a>
 */
@Component
class PublishedManifest {
    /** The last link of a chain that goes on. */
    static final String PENDING = "#pending";

    /** The end of a chain: a follower begins again with the latest snapshot. */
    static final String CLOSED = "#closed";

    private static final String TYPE = "http://hl7.org/fhir/uv/bulkdata/StructureDefinition/BulkPublishManifest";

    private final FeedRunRepository runs;
    private final ExportService exports;

    PublishedManifest(FeedRunRepository runs, ExportService exports) {
        this.runs = runs;
        this.exports = exports;
    }

    /** The manifest of a snapshot. It links to a page without files, since clients poll pages and not this manifest. */
    ObjectNode snapshot(Feed feed, FeedRun snapshot, String base, Caller caller) {
        return linked(files(feed, snapshot, base, caller), page(feed, snapshot.number(), base) + "/next");
    }

    /** The page of a delta. If its files were given up, a client that has not read them must begin again. */
    ObjectNode delta(Feed feed, FeedRun delta, String base, Caller caller) {
        return delta.erased() == null
                ? linked(files(feed, delta, base, caller), next(feed, delta, base))
                : linked(header(feed, delta), CLOSED);
    }

    /** The page without files after a snapshot. */
    ObjectNode afterSnapshot(Feed feed, FeedRun snapshot, String base) {
        return linked(header(feed, snapshot), next(feed, snapshot, base));
    }

    private String next(Feed feed, FeedRun link, String base) {
        FeedRun next = runs.link(feed.name(), FeedRun.Kind.DELTA.name(), link.number() + 1)
                .map(FeedRunEntity::run)
                .filter(delta -> delta.chain() == link.chain())
                .orElse(null);
        if (next != null) {
            return next.erased() == null ? page(feed, next.number(), base) : CLOSED;
        }
        int latest = runs.latestSnapshot(feed.name())
                .map(FeedRunEntity::run)
                .map(FeedRun::chain)
                .orElse(0);
        return latest == link.chain() ? PENDING : CLOSED;
    }

    private static String page(Feed feed, int number, String base) {
        return FeedController.url(feed.name(), base) + "/links/" + number;
    }

    private static ObjectNode linked(ObjectNode manifest, String url) {
        manifest.putArray("link").addObject().put("relation", "next").put("url", url);
        return manifest;
    }

    private ObjectNode header(Feed feed, FeedRun run) {
        return FhirJson.MAPPER
                .createObjectNode()
                .put("manifestType", TYPE)
                .put("updateCadence", feed.definition().cadence().toString())
                .put("transactionTime", FhirInstant.format(Objects.requireNonNull(run.transactionTime())))
                .put("requiresAccessToken", exports.requiresToken());
    }

    private ObjectNode files(Feed feed, FeedRun run, String base, Caller caller) {
        ObjectNode export = exports.manifest(Objects.requireNonNull(run.job()), base, caller);
        ObjectNode manifest = header(feed, run);
        JsonNode organized = export.path("outputOrganizedBy");
        if (organized.isString()) {
            manifest.put("outputOrganizedBy", organized.asString());
        }
        copy(export.path("output"), manifest.putArray("output"), true);
        if (!export.path("deleted").isEmpty()) {
            copy(export.path("deleted"), manifest.putArray("deleted"), false);
        }
        if (!export.path("error").isEmpty()) {
            copy(export.path("error"), manifest.putArray("outcome"), false);
        }
        return manifest;
    }

    /** An item of the ballot has the size of the file, and what the ballot does not name as a list of extensions. */
    private static void copy(JsonNode items, ArrayNode target, boolean typed) {
        for (JsonNode item : items) {
            ObjectNode file = target.addObject();
            for (String name : new String[] {"type", "url", "continuesInFile", "count"}) {
                if (item.has(name) && (typed || !name.equals("type"))) {
                    file.set(name, item.path(name));
                }
            }
            file.set("fileSize", item.path("extension").path("bytes"));
            ArrayNode extensions = file.putArray("extension");
            item.path("extension").properties().forEach(each -> {
                if (!each.getKey().equals("bytes")) {
                    ObjectNode extension = extensions.addObject().put("url", "urn:sluice:" + each.getKey());
                    extension.set(each.getValue().isString() ? "valueString" : "valueInteger", each.getValue());
                }
            });
        }
    }
}
