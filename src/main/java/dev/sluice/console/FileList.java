package dev.sluice.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A page of the files of an export, from its manifest.
 *
 * @param total the number of all files
 * @param bytes the size of all files before compression
 * @param before whether there are files before these
 * @param after whether there are files after these
 * @param filters what the filters of each type did
 * @param missing resources that are referred to and not exported
 */
record FileList(
        List<Item> items,
        int page,
        long total,
        long bytes,
        boolean before,
        boolean after,
        List<String> filters,
        List<String> missing) {
    private static final int ON_A_PAGE = 100;

    /** The lists of a manifest, with the word for a file of each. */
    private static final Map<String, String> LISTS = Map.of("deleted", "deleted", "error", "messages");

    /**
     * A file.
     *
     * @param note what the file is, if it has no exported resources
     * @param url in the storage; null = the file comes through the server, by its name
     * @param sha256 of the file as it is stored
     * @param stored its size as it is stored; null = it is not compressed
     */
    record Item(
            String name,
            String type,
            String note,
            long count,
            long bytes,
            @Nullable Long stored,
            String sha256,
            @Nullable String url) {
        static Item of(JsonNode file, String note, String served) {
            String url = file.path("url").asString("");
            JsonNode extension = file.path("extension");
            boolean ours = url.startsWith(served);
            return new Item(
                    StringUtils.substringAfterLast(StringUtils.substringBefore(url, "?"), "/"),
                    file.path("type").asString(""),
                    note,
                    file.path("count").asLong(0),
                    extension.path("bytes").asLong(0),
                    extension.has("storedBytes") ? extension.path("storedBytes").asLong(0) : null,
                    extension
                            .path("sha256")
                            .asString(extension.path("storedSha256").asString("")),
                    ours ? null : url);
        }
    }

    /**
     * A page of the files of a manifest.
     *
     * @param manifests its pages
     * @param served how the URLs of files begin that come through the server
     */
    static FileList of(List<JsonNode> manifests, String served, int page) {
        long total = 0;
        long bytes = 0;
        int first = Math.max(0, page - 1) * ON_A_PAGE;
        List<Item> items = new ArrayList<>();
        for (String list : List.of("output", "deleted", "error")) {
            for (JsonNode manifest : manifests) {
                for (JsonNode file : manifest.path(list)) {
                    if (total >= first && items.size() < ON_A_PAGE) {
                        items.add(Item.of(file, LISTS.getOrDefault(list, ""), served));
                    }
                    bytes += file.path("extension").path("bytes").asLong(0);
                    total++;
                }
            }
        }
        return new FileList(
                items,
                Math.max(1, page),
                total,
                bytes,
                first > 0,
                first + items.size() < total,
                extensions(manifests, "filters").map(FileList::filter).toList(),
                extensions(manifests, "dangling").map(FileList::missing).toList());
    }

    private static Stream<JsonNode> extensions(List<JsonNode> manifests, String name) {
        return manifests.stream()
                .flatMap(manifest -> manifest.path("extension").path(name).valueStream());
    }

    private static String missing(JsonNode dangling) {
        return Numbers.count(dangling.path("count").asLong(0)) + " of "
                + dangling.path("type").asString("");
    }

    private static String filter(JsonNode report) {
        return report.path("type").asString("") + ": the filters kept "
                + Numbers.count(report.path("kept").asLong(0)) + " of "
                + Numbers.count(report.path("read").asLong(0)) + " resources that they tested. "
                + (report.path("index").asBoolean(false)
                        ? "An index had selected these."
                        : "No index could select them, so all were read.");
    }
}
