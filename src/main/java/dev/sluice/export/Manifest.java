package dev.sluice.export;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.DownloadUrls;
import dev.sluice.blob.Written;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the manifest of an export: what it holds, and where each file is. All of it but signed URLs, which are made
 * anew, is the same at each call.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest">Bulk Data IG, manifest</a>
 */
@Component
class Manifest {
    private final Filters filters;
    private final DownloadUrls urls;

    Manifest(Filters filters, DownloadUrls urls) {
        this.filters = filters;
        this.urls = urls;
    }

    /**
     * The whole manifest of a completed export. What is known only at its end stands here, and on no {@link #page}.
     *
     * @param all what its job made
     * @param jobUrl the public URL of the job
     */
    ObjectNode whole(ExportJob export, ExportedFile.Result all, String jobUrl) {
        return whole(export, all, served(jobUrl));
    }

    /** The same, to be kept beside the files; its URLs last as long as the files, wherever they are taken. */
    ObjectNode beside(ExportJob export, ExportedFile.Result all) {
        return whole(export, all, urls::beside);
    }

    private ObjectNode whole(ExportJob export, ExportedFile.Result all, Function<BlobPath, String> url) {
        ObjectNode manifest = page(export, all, url);
        explainFilters(manifest, all, export);
        if (!export.request().companions().referenced().isEmpty()) {
            ArrayNode dangling = manifest.withObject("/extension").putArray("dangling");
            all.dangling()
                    .forEach((type, count) ->
                            dangling.addObject().put("type", type).put("count", count));
        }
        return manifest;
    }

    /** A page of the manifest. It may be read while the export runs, and all but its files is the same on every page. */
    ObjectNode page(ExportJob export, ExportedFile.Result files, String jobUrl) {
        return page(export, files, served(jobUrl));
    }

    private Function<BlobPath, String> served(String jobUrl) {
        return path -> urls.of(path, jobUrl + "/files/" + path.name());
    }

    private static ObjectNode page(ExportJob export, ExportedFile.Result files, Function<BlobPath, String> url) {
        ObjectNode manifest = FhirJson.MAPPER.createObjectNode();
        manifest.put("transactionTime", FhirInstant.format(export.transactionTime()));
        manifest.put("request", export.url());
        // No URL takes the token of this server: storage has an access control of its own.
        manifest.put("requiresAccessToken", false);
        if (export.organizeBy() != null) {
            manifest.put("outputOrganizedBy", export.organizeBy().name());
        }
        list(manifest.putArray("output"), files.output(), export, url);
        if (export.request().since() != null) {
            list(manifest.putArray("deleted"), files.deleted(), export, url);
        }
        list(manifest.putArray("error"), files.error(), export, url);
        if (export.request().past().history()) {
            manifest.putObject("extension").put("history", true); // who checks that nothing comes twice must know
        }
        return manifest;
    }

    /** What each filter cost: whether the index narrowed it, and how many resources were read and kept. */
    private void explainFilters(ObjectNode manifest, ExportedFile.Result files, ExportJob export) {
        Set<String> filtered = filters.types(export);
        if (filtered.isEmpty()) {
            return;
        }
        ArrayNode explained = manifest.withObject("/extension").putArray("filters");
        for (String type : filtered) {
            ExportedFile.Cost cost = files.costs().getOrDefault(type, new ExportedFile.Cost(0, 0));
            explained
                    .addObject()
                    .put("type", type)
                    .put("index", filters.lookup(export, ResourceType.of(type)) != null)
                    .put("read", cost.read())
                    .put("kept", cost.kept());
        }
    }

    /** How long the URLs of a manifest that is made now open by themselves. */
    Duration readableFor() {
        return urls.openFor();
    }

    private static void list(
            ArrayNode items, List<ExportedFile> files, ExportJob export, Function<BlobPath, String> url) {
        Map<String, String> urls = new HashMap<>(); // a URL is signed once: others name a file by just this one
        for (ExportedFile file : files) {
            ObjectNode item = items.addObject();
            if (file.type() != null) {
                item.put("type", file.type());
            }
            item.put(
                    "url",
                    urls.computeIfAbsent(
                            file.name(), name -> url.apply(export.place().file(name))));
            if (file.continuesIn() != null) {
                item.put(
                        "continuesInFile",
                        urls.computeIfAbsent(
                                file.continuesIn(),
                                name -> url.apply(export.place().file(name))));
            }
            item.put("count", file.count());
            measures(item.putObject("extension"), file);
        }
    }

    /** The hash of a compressed file has another name: a client that lets HTTP unpack it cannot compare what it sees. */
    private static void measures(ObjectNode extension, ExportedFile file) {
        Written.Packed packed = file.packed();
        extension.put("bytes", file.bytes());
        if (packed == null) {
            extension.put("sha256", file.sha256());
        } else {
            extension
                    .put("crc32", packed.crc32())
                    .put("storedBytes", packed.bytes())
                    .put("storedSha256", file.sha256());
        }
    }
}
