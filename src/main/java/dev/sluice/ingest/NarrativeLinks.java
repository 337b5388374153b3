package dev.sluice.ingest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the links in a narrative, the values of {@code <a href>} and {@code <img src>}, in the JSON string that
 * contains it. For one narrative and one thread.
 */
final class NarrativeLinks {
    private static final Map<String, String> ATTRIBUTES = Map.of("a", "href", "img", "src");

    /** What may not be looked into: where it begins, and where it ends. */
    private static final Map<String, String> OPAQUE = Map.of("<!--", "-->", "<![CDATA[", "]]>");

    private final String json;

    /** The XHTML, with the JSON's escapes resolved. */
    private final StringBuilder text = new StringBuilder();

    /** Where each character of the XHTML stands in the JSON, and one more. */
    private final int[] places;

    private final LinkRewriter.Target target;
    private final StringBuilder out = new StringBuilder();
    private int copied;
    private int at;

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
        for (at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
            if (!skipOpaque()) {
                at++;
                tag(word());
            }
        }
    }

    private boolean skipOpaque() {
        for (Map.Entry<String, String> opaque : OPAQUE.entrySet()) {
            if (isNext(opaque.getKey())) {
                int end = text.indexOf(opaque.getValue(), at);
                at = end < 0 ? text.length() : end;
                return true;
            }
        }
        return false;
    }

    private boolean isNext(String wanted) {
        int end = at + wanted.length();
        return end <= text.length() && text.substring(at, end).equals(wanted);
    }

    /** Reads the attributes of a tag up to its end. */
    private void tag(String name) {
        String wanted = ATTRIBUTES.get(name);
        while (at < text.length() && text.charAt(at) != '>' && text.charAt(at) != '<') {
            String attribute = word();
            if (attribute.isEmpty()) {
                at++;
                continue;
            }
            skipSpace();
            if (at < text.length() && text.charAt(at) == '=') {
                at++;
                skipSpace();
                value(attribute.equals(wanted));
            }
        }
    }

    private void value(boolean wanted) {
        if (at >= text.length()) {
            return;
        }
        char quote = text.charAt(at);
        int end = quote == '"' || quote == '\'' ? text.indexOf(String.valueOf(quote), at + 1) : -1;
        if (end < 0) {
            return;
        }
        if (wanted) {
            String link = text.substring(at + 1, end).replace("&amp;", "&");
            String with = target.link(link);
            if (with != null && !with.equals(link)) {
                out.append(json, copied, places[at + 1]).append(with);
                copied = places[end];
            }
        }
        at = end + 1;
    }

    private String word() {
        int from = at;
        while (at < text.length() && " \t\r\n=<>/\"'".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }
}
