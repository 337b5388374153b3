package dev.sluice.export;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.DownloadMode;
import dev.sluice.blob.DownloadUrls;
import dev.sluice.blob.WrittenBlob;
import dev.sluice.export.ExportResult.FilterReport;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.UnitResult;
import dev.sluice.security.SecurityMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the manifest of an export, which lists its files and their URLs. It is the same at each call, but for signed
 * URLs, which are created again each time.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest">Bulk Data IG, manifest</a>
 */
@Component
class Manifest {
    private static final String OUTCOME = "OperationOutcome";

    private final DownloadUrls urls;
    private final boolean token;

    Manifest(DownloadUrls urls, SecurityMode mode) {
        this.urls = urls;
        this.token = urls.mode() == DownloadMode.SERVER && mode != SecurityMode.OPEN;
    }

    /**
     * The complete manifest of a completed export. Totals that are known only at the end are in it, and not on a {@link
     * #page}.
     *
     * @param jobUrl the public URL of the job
     */
    ObjectNode complete(LocationAndHeader export, ExportResult result, String jobUrl) {
        return complete(export, result, served(jobUrl), token);
    }

    /**
     * The manifest that is stored next to the files. Its URLs stay valid as long as the files exist, and lead to the storage,
     * which has its own access control. It may be passed on with de-identified files, so it has no values of the request then.
     */
    ObjectNode stored(LocationAndHeader export, ExportResult result) {
        ObjectNode manifest = complete(export, result, path -> urls.beside(path, export.folder()), false);
        if (export.header().deidentified()) {
            manifest.put("request", export.header().requestWithoutValues());
            if (export.header().views() != null) {
                manifest.withObject("/extension/views").remove("trackingId");
            }
        }
        return manifest;
    }

    private static ObjectNode complete(
            LocationAndHeader export, ExportResult result, Function<BlobPath, String> url, boolean token) {
        ObjectNode manifest = page(export, result.files(), url, token);
        if (result.filters() != null || result.dangling() != null) {
            totals(manifest.withObject("/extension"), result.filters(), result.dangling());
        }
        if (result.tables() != null) {
            ArrayNode tables = manifest.withObject("/extension").putArray("tables");
            result.tables()
                    .forEach(table -> tables.addObject()
                            .put(export.header().views() == null ? "type" : "view", table.table())
                            .put("folder", export.container() + "/" + table.table())
                            .put("version", table.version()));
        }
        return manifest;
    }

    private static void totals(
            ObjectNode object, @Nullable List<FilterReport> filters, @Nullable Map<String, Long> dangling) {
        if (filters != null) {
            object.set("filters", FhirJson.MAPPER.valueToTree(filters));
        }
        if (dangling != null) {
            ArrayNode counts = object.putArray("dangling");
            dangling.forEach(
                    (type, count) -> counts.addObject().put("type", type).put("count", count));
        }
    }

    /** A page of the manifest, which can be read while the export runs. All pages are the same but for their files. */
    ObjectNode page(LocationAndHeader export, UnitResult files, String jobUrl) {
        return page(export, files, served(jobUrl), token);
    }

    private Function<BlobPath, String> served(String jobUrl) {
        return path -> urls.of(path, jobUrl + "/files/" + path.name());
    }

    private static ObjectNode page(
            LocationAndHeader export, UnitResult files, Function<BlobPath, String> url, boolean token) {
        ManifestHeader header = export.header();
        ObjectNode manifest = FhirJson.MAPPER.createObjectNode();
        manifest.put("transactionTime", FhirInstant.format(header.transactionTime()));
        manifest.put("request", header.request());
        manifest.put("requiresAccessToken", token);
        if (header.outputFormat() != null) {
            manifest.put("outputFormat", header.outputFormat());
        }
        if (header.organizedBy() != null) {
            manifest.put("outputOrganizedBy", header.organizedBy());
        }
        list(manifest.putArray("output"), files.output(), export, url);
        if (header.hasDeletedList()) {
            list(manifest.putArray("deleted"), files.deleted(), export, url);
        }
        list(manifest.putArray("error"), files.error(), export, url);
        if (header.history()) {
            manifest.withObject("/extension")
                    .put("history", true); // a client that checks for duplicates must know this
        }
        if (header.views() != null) {
            manifest.withObject("/extension").set("views", FhirJson.MAPPER.valueToTree(header.views()));
        }
        if (header.deidentified()) {
            manifest.withObject("/extension").put("deidentified", true);
        }
        return manifest;
    }

    /**
     * A part of the list of files, with what only a completed export knows. The URLs are those of this server.
     *
     * @param after the number of files before the part
     */
    static ObjectNode part(ExportedFiles.Part part, int after, String jobUrl) {
        ObjectNode list = FhirJson.MAPPER.createObjectNode();
        ArrayNode items = list.putArray("files");
        part.files().forEach(listed -> {
            ExportedFile file = listed.file();
            ObjectNode item = items.addObject()
                    .put("list", listed.list())
                    .put("type", file.type())
                    .put("name", file.name());
            item.put("url", jobUrl + "/files/" + file.name()).put("count", file.count());
            measures(item, file);
        });
        int next = after + part.files().size();
        list.put("next", !part.files().isEmpty() && next < part.total() ? (Integer) next : null);
        totals(list.put("total", part.total()).put("bytes", part.bytes()), part.filters(), part.dangling());
        return list;
    }

    /** Whether the URLs of a manifest that is given to a client open with an access token only. */
    boolean requiresToken() {
        return token;
    }

    /** How long the signed URLs of a manifest that is written now are valid. */
    Duration urlLifetime() {
        return urls.urlLifetime();
    }

    private static void list(
            ArrayNode items, List<ExportedFile> files, LocationAndHeader export, Function<BlobPath, String> url) {
        Map<String, String> urls =
                new HashMap<>(); // each URL is signed once, so that references to a file equal its own URL
        for (ExportedFile file : files) {
            ObjectNode item = items.addObject();
            if (file.type() != null) {
                item.put("type", file.type());
            }
            item.put(
                    "url",
                    urls.computeIfAbsent(
                            file.name(), name -> url.apply(export.location().file(name))));
            if (file.continuesIn() != null) {
                item.put(
                        "continuesInFile",
                        urls.computeIfAbsent(
                                file.continuesIn(),
                                name -> url.apply(export.location().file(name))));
            }
            item.put("count", file.count());
            measures(item.putObject("extension"), file);
            if (export.header().views() != null && !OUTCOME.equals(file.type())) {
                item.withObject("/extension").put("view", StringUtils.substringBefore(file.name(), "-"));
            }
        }
    }

    /**
     * The hash of a compressed file has another name: a client whose HTTP library decompresses the file cannot compare
     * it.
     */
    private static void measures(ObjectNode extension, ExportedFile file) {
        WrittenBlob.Compressed packed = file.packed();
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
