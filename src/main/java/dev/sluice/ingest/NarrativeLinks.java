package dev.sluice.ingest;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the links in a narrative, the values of {@code <a href>} and {@code <img src>}, in the JSON string that
 * contains it. For one narrative and one thread.
 */
final class NarrativeLinks {
    private static final Map<String, String> ATTRIBUTES = Map.of("a", "href", "img", "src");

    /** What may not be looked into: where it begins, and where it ends. */
    private static final Map<String, String> OPAQUE = Map.of("<!--", "-->", "<![CDATA[", "]]>");

    private static final Pattern TAG = Pattern.compile("<!--|<!\\[CDATA\\[|<([^\\s=<>/\"']*+)");

    /** An attribute with or without a value, or another character of a tag. */
    private static final Pattern ATTRIBUTE =
            Pattern.compile("([^\\s=<>/\"']++)(?:\\s*+=\\s*+(\"[^\"]*+\"|'[^']*+'))?+|[^<>]");

    private final String json;

    /** The XHTML, with the JSON's escapes resolved. */
    private final StringBuilder text = new StringBuilder();

    /** Where each character of the XHTML stands in the JSON, and one more. */
    private final int[] places;

    private final LinkRewriter.Target target;
    private final StringBuilder out = new StringBuilder();
    private int copied;

    private NarrativeLinks(String json, LinkRewriter.Target target) {
        this.json = json;
        this.target = target;
        this.places = new int[json.length()];
        int i = 1;
        while (i < json.length() - 1) {
            places[text.length()] = i;
            i += unescape(i);
        }
        places[text.length()] = i;
    }

    /**
     * The string with its links rewritten; null if it stays as it is.
     *
     * @param json a JSON string with its quotes
     */
    static @Nullable String rewrite(String json, LinkRewriter.Target target) {
        if (!json.contains("href") && !json.contains("src")) {
            return null;
        }
        NarrativeLinks links = new NarrativeLinks(json, target);
        links.scan();
        return links.copied == 0
                ? null
                : links.out.append(json, links.copied, json.length()).toString();
    }

    /** Adds the character at this place to the text, and returns how many characters of the JSON it takes. */
    private int unescape(int i) {
        char c = json.charAt(i);
        if (c != '\\') {
            text.append(c);
            return 1;
        }
        char escaped = json.charAt(i + 1);
        if (escaped == 'u') {
            text.append((char) Integer.parseInt(json, i + 2, i + 6, 16));
            return 6;
        }
        int known = "bfnrt".indexOf(escaped);
        text.append(known < 0 ? escaped : "\b\f\n\r\t".charAt(known));
        return 2;
    }

    private void scan() {
        Matcher tag = TAG.matcher(text);
        for (int at = 0; tag.find(at); ) {
            String closing = OPAQUE.get(tag.group());
            if (closing == null) {
                at = attributes(tag.end(), ATTRIBUTES.get(tag.group(1)));
            } else {
                int end = text.indexOf(closing, tag.start());
                at = end < 0 ? text.length() : end;
            }
        }
    }

    /** Reads the attributes of a tag, and returns where they end. */
    private int attributes(int from, @Nullable String wanted) {
        Matcher attribute = ATTRIBUTE.matcher(text).region(from, text.length());
        int at = from;
        while (attribute.lookingAt()) {
            if (attribute.group(2) != null && attribute.group(1).equals(wanted)) {
                rewrite(attribute.start(2) + 1, attribute.end(2) - 1);
            }
            at = attribute.end();
            attribute.region(at, text.length());
        }
        return at;
    }

    private void rewrite(int from, int to) {
        String link = text.substring(from, to).replace("&amp;", "&");
        String with = target.link(link);
        if (with != null && !with.equals(link)) {
            out.append(json, copied, places[from]).append(with);
            copied = places[to];
        }
    }
}
