package dev.sluice.r4;

import dev.sluice.fhir.ResourceType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of references that name no resource of this server. Compartments, chains and exports cannot follow them.
 */
public enum UnresolvedReference {
    /** {@code Patient?identifier=system|value}, which only a Bundle resolves. */
    CONDITIONAL("conditional"),

    /** {@code urn:uuid:…} or {@code urn:oid:…}, which only a Bundle resolves. */
    URN("urn"),

    /** An absolute URL that lies below no base of this server. */
    OTHER_SERVER("other-server"),

    /** Anything else, such as an unknown type or a text that is no id. */
    MALFORMED("malformed");

    private final String code;

    UnresolvedReference(String code) {
        this.code = code;
    }

    /** The kind as clients see it. */
    public String code() {
        return code;
    }

    /**
     * The kind of a reference; null if it names a resource of this server, or one that is contained beside it.
     *
     * @param ownBase whether a base URL, without a slash at its end, is this server's own
     */
    public static @Nullable UnresolvedReference of(String reference, Predicate<String> ownBase) {
        LiteralReference literal = LiteralReference.parse(reference);
        if (literal != null) {
            return literal.isLocal(ownBase) ? null : OTHER_SERVER;
        }
        if (reference.startsWith("#")) {
            return null;
        }
        if (reference.startsWith("urn:")) {
            return URN;
        }
        if (isConditional(reference, ownBase)) {
            return CONDITIONAL;
        }
        return isUrl(reference) ? OTHER_SERVER : MALFORMED;
    }

    private static boolean isConditional(String reference, Predicate<String> ownBase) {
        int mark = reference.indexOf('?');
        int slash = reference.lastIndexOf('/', mark);
        return mark > 0
                && ResourceType.find(reference.substring(slash + 1, mark)).isPresent()
                && (slash < 0 || ownBase.test(reference.substring(0, slash)));
    }

    private static boolean isUrl(String reference) {
        return reference.startsWith("http://") || reference.startsWith("https://");
    }
}
