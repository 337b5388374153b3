package dev.sluice.deid;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The ids in the texts of references: {@code #id}, {@code Type/id/_history/version}, {@code https://host/Type/id}, {@code
 * urn:uuid:} and {@code urn:oid:}.
 */
final class ReferenceIds {
    private static final String HISTORY = "/_history/";
    private static final String UUID = "urn:uuid:";
    private static final String OID = "urn:oid:";
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private ReferenceIds() {}

    /**
     * The text of {@code Reference.reference} with something else in the place of the id. A text of another form is replaced
     * whole.
     *
     * @param ids gives what replaces an id, or such a text; an empty one stays
     */
    static String replace(String text, UnaryOperator<String> ids) {
        if (text.startsWith("#")) {
            return "#" + ids.apply(text.substring(1));
        }
        if (text.startsWith("urn:")) {
            return urn(text, ids);
        }
        int end = endOfId(text);
        int id = text.lastIndexOf('/', end - 1) + 1;
        if (!ResourceKey.isId(text, id, end) || !isPrefix(text, id)) {
            return ids.apply(text);
        }
        return text.substring(0, id) + ids.apply(text.substring(id, end)) + text.substring(end);
    }

    /** The text without a base URL and a version, which may hold an identifier, too. */
    static String relative(String text) {
        int end = endOfId(text);
        int id = text.lastIndexOf('/', end - 1) + 1;
        boolean typed = !text.startsWith("urn:") && ResourceKey.isId(text, id, end) && isPrefix(text, id);
        return typed ? text.substring(text.lastIndexOf('/', id - 2) + 1, end) : text;
    }

    private static int endOfId(String text) {
        int history = text.lastIndexOf(HISTORY);
        boolean version = history >= 0 && ResourceKey.isId(text, history + HISTORY.length(), text.length());
        return version ? history : text.length();
    }

    private static String urn(String text, UnaryOperator<String> ids) {
        if (text.startsWith(UUID)) {
            String id = text.substring(UUID.length());
            return UUID_FORM.matcher(id).matches() ? UUID + ids.apply(id) : ids.apply(text);
        }
        String id = text.startsWith(OID) ? text.substring(OID.length()) : "";
        return isOid(id) ? OID + ids.apply(id) : ids.apply(text);
    }

    /** Whether a text up to this place is a type and a slash, behind the base URL of a server or behind nothing. */
    private static boolean isPrefix(String text, int id) {
        int type = text.lastIndexOf('/', id - 2) + 1;
        if (id < 2 || ResourceType.find(text.substring(type, id - 1)).isEmpty()) {
            return false;
        }
        return type == 0 || isBase(text, type);
    }

    /**
     * Whether a text up to this place is the base URL of a server. One that names a resource type itself, a user or a
     * parameter may hold an id, so it is none.
     */
    private static boolean isBase(String text, int end) {
        if (!text.startsWith("http://") && !text.startsWith("https://")) {
            return false;
        }
        int start = 0;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '/') {
                if (ResourceType.find(text.substring(start, i)).isPresent()) {
                    return false;
                }
                start = i + 1;
            } else if (!isLetterOrDigit(c) && ".:%$-_~\\".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Numbers without leading zeros between dots, of which the first is 0, 1 or 2; at least two of them. */
    private static boolean isOid(String id) {
        String[] arcs = id.split("\\.", -1);
        for (String arc : arcs) {
            boolean number = !arc.isEmpty() && arc.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number || (arc.startsWith("0") && arc.length() > 1)) {
                return false;
            }
        }
        return arcs.length > 1 && arcs[0].length() == 1 && arcs[0].charAt(0) <= '2';
    }
}
