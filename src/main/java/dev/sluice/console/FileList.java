package dev.sluice.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.JsonNode;

/**
 * A page of the files of an export.
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
    private static final int MOST_PAGES = Integer.MAX_VALUE / ON_A_PAGE;

    /** The lists of a manifest, with the word for a file of each. */
    private static final Map<String, String> LISTS = Map.of("output", "", "deleted", "deleted", "error", "messages");

    /**
     * A file.
     *
     * @param note what the file is, if it has no exported resources
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
            String sha256) {
        static Item of(JsonNode file) {
            return new Item(
                    file.path("name").asString(""),
                    file.path("type").asString(""),
                    LISTS.getOrDefault(file.path("list").asString(""), ""),
                    file.path("count").asLong(0),
                    file.path("bytes").asLong(0),
                    file.has("storedBytes") ? file.path("storedBytes").asLong(0) : null,
                    file.path("sha256").asString(file.path("storedSha256").asString("")));
        }
    }

    /**
     * The call that lists the files of a page.
     *
     * @param page from 1
     */
    static ApiCall call(String path, int page) {
        MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
        parameters.add("after", Integer.toString(first(page)));
        parameters.add("count", Integer.toString(ON_A_PAGE));
        return ApiCall.get(path).with(parameters);
    }

    private static int first(int page) {
        return Math.max(0, Math.min(page, MOST_PAGES) - 1) * ON_A_PAGE;
    }

    /** What the call has answered. */
    static FileList of(JsonNode answer, int page) {
        return new FileList(
                answer.path("files").valueStream().map(Item::of).toList(),
                first(page) / ON_A_PAGE + 1,
                answer.path("total").asLong(0),
                answer.path("bytes").asLong(0),
                first(page) > 0,
                !answer.path("next").isNull(),
                answer.path("filters").valueStream().map(FileList::filter).toList(),
                answer.path("dangling").valueStream().map(FileList::missing).toList());
    }

    private static String missing(JsonNode dangling) {
        return Numbers.count(dangling.path("count").asLong(0)) + " of "
                + dangling.path("type").asString("");
    }

    private static String filter(JsonNode report) {
        return report.path("type").asString("") + ": the filters kept "
                + Numbers.count(report.path("kept").asLong(0)) + " of "
                + Numbers.count(report.path("read").asLong(0))
                + (report.path("read").asLong(0) == 1 ? " resource" : " resources") + " that they tested. "
                + (report.path("index").asBoolean(false)
                        ? "An index had selected these."
                        : "No index could select them, so all were read.");
    }
}
