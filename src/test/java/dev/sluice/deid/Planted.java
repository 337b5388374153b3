package dev.sluice.deid;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A value in a resource that occurs nowhere else.
 *
 * @param marker the text that must not be found if a rule removed the value
 * @param resource the type of the resource that the value is in, be it contained or not
 * @param path the names in FHIRPath that lead to it from this resource, without the type
 * @param element the same from the nearest data type on, and with it
 * @param type the primitive type of the value
 */
record Planted(String marker, String resource, String path, String element, String type) {
    /** Everything in a text that could be a marker. */
    private static final Pattern TOKENS = Pattern.compile("MKq\\d{7}q"
            + "|\\d{4}-\\d{2}(?:-\\d{2})?(?:T\\d{2}:\\d{2}:\\d{2}\\.\\d{7})?"
            + "|\\d{2}:\\d{2}:\\d{2}\\.\\d{7}"
            + "|2\\.999\\.\\d{7}"
            + "|[0-9a-f]{8}-0000-4000-8000-[0-9]{12}"
            + "|\\b88\\d{7}(?:\\.\\d+)?\\b");

    static Stream<String> tokens(String text) {
        return TOKENS.matcher(text).results().map(found -> found.group());
    }

    @Override
    public String toString() {
        return resource + "." + path + " (" + element + ", " + type + ")";
    }
}
