package dev.sluice.bulkclient;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The manifest of an export, as received.
 *
 * @param requiresAccessToken whether the files are given to those only who have a token
 * @param history whether a resource may come in several versions; only a manifest of Sluice says so
 * @param views whether the files have rows of views, and not resources; only a manifest of Sluice says so
 * @param organizedBy the type whose instances the files with resources are organised by; empty = each has one type
 * @param items the files, in the order of the manifest: output, error, deleted
 * @param next where the next page of it is, as it says it; null if there is none
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest">Bulk Data IG, manifest</a>
 */
public record ReceivedManifest(
        boolean requiresAccessToken,
        boolean history,
        boolean views,
        String organizedBy,
        List<FileItem> items,
        @Nullable String next) {
    static final List<String> LISTS = List.of("output", "error", "deleted");

    /**
     * One file and what is said of it; a server that says less leaves the rest null.
     *
     * @param list the manifest's list that has it, such as {@code output}
     * @param type of its lines; empty if the manifest does not say it
     * @param count lines
     * @param bytes before compression
     * @param sha256 of these bytes, in hexadecimal
     * @param crc32 of the same, in hexadecimal
     * @param storedBytes after compression
     * @param storedSha256 of these, in hexadecimal
     * @param continuesIn the URL of the file in which the last block goes on
     */
    public record FileItem(
            String list,
            String type,
            String url,
            @Nullable Long count,
            @Nullable Long bytes,
            @Nullable String sha256,
            @Nullable String crc32,
            @Nullable Long storedBytes,
            @Nullable String storedSha256,
            @Nullable String continuesIn) {
        /** The file's own name: what stands behind the last slash of the URL's path. */
        public String name() {
            return nameIn(url);
        }

        /** Whether it holds resources. */
        public boolean isOutput() {
            return list.equals("output");
        }

        /** Whether it holds what the server reports. */
        boolean isError() {
            return list.equals("error");
        }

        /** Whether it is a table in Parquet, and not NDJSON. */
        public boolean isTable() {
            return name().endsWith(".parquet");
        }
    }

    /** Reads a manifest; the place is for the sentence that says what is wrong with it. */
    public static ReceivedManifest parse(byte[] json, String place) {
        try {
            return of(FhirJson.parseObject(json), place);
        } catch (FhirException e) {
            throw BulkClientException.failed(place + " is not a manifest. " + e.getMessage());
        }
    }

    /** Reads a manifest that has been parsed. */
    public static ReceivedManifest of(ObjectNode manifest, String place) {
        if (!manifest.path("output").isArray()) {
            throw BulkClientException.failed(place + " is not a manifest: it has no list 'output'.");
        }
        List<FileItem> items = new ArrayList<>();
        for (String list : LISTS) {
            for (JsonNode item : manifest.path(list)) {
                items.add(item(list, item, place));
            }
        }
        String next = null;
        for (JsonNode link : manifest.path("link")) {
            if (link.path("relation").stringValue("").equals("next")) {
                next = link.path("url").stringValue("");
            }
        }
        return new ReceivedManifest(
                manifest.path("requiresAccessToken").booleanValue(false),
                manifest.path("extension").path("history").booleanValue(false),
                manifest.path("extension").path("views").isObject(),
                manifest.path("outputOrganizedBy").stringValue(""),
                List.copyOf(items),
                next);
    }

    /**
     * This page and the one after it, as one. Each page of an export may repeat its errors, so only those are added that have a
     * name more often than here.
     */
    public ReceivedManifest with(ReceivedManifest page) {
        List<FileItem> all = new ArrayList<>(items);
        Map<String, Integer> known = new HashMap<>();
        items.stream().filter(FileItem::isError).forEach(item -> known.merge(item.name(), 1, Integer::sum));
        for (FileItem item : page.items) {
            if (!item.isError() || known.merge(item.name(), -1, Integer::sum) < 0) {
                all.add(item);
            }
        }
        return new ReceivedManifest(requiresAccessToken, history, views, organizedBy, List.copyOf(all), page.next);
    }

    /** What stands behind the last slash of a URL's path. */
    public static String nameIn(String url) {
        try {
            String path = String.valueOf(URI.create(url).getPath());
            return path.substring(path.lastIndexOf('/') + 1);
        } catch (IllegalArgumentException e) {
            throw BulkClientException.failed("The manifest has '" + url + "', which is not a URL.");
        }
    }

    private static FileItem item(String list, JsonNode item, String place) {
        String url = item.path("url").stringValue("");
        if (url.isEmpty()) {
            throw BulkClientException.failed(place + " is not a manifest: an item of '" + list + "' has no 'url'.");
        }
        JsonNode extension = item.path("extension");
        return new FileItem(
                list,
                item.path("type").stringValue(""),
                url,
                number(item.path("count")),
                number(extension.path("bytes")),
                text(extension.path("sha256")),
                text(extension.path("crc32")),
                number(extension.path("storedBytes")),
                text(extension.path("storedSha256")),
                text(item.path("continuesInFile")));
    }

    /** Whether a file with resources has the name that this URL has: of signed URLs each page has its own. */
    public boolean hasOutput(String url) {
        return items.stream().anyMatch(item -> item.isOutput() && item.name().equals(nameIn(url)));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() ? node.stringValue() : null;
    }

    private static @Nullable Long number(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : null;
    }
}
