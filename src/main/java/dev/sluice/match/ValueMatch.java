package dev.sluice.match;

import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One value of a search parameter, ready to be compared with elements; of several values, one must match.
 *
 * <p>Immutable and used by many threads.
 */
public sealed interface ValueMatch
        permits TokenMatch,
                TokenTextMatch,
                MimeMatch,
                OfTypeMatch,
                StringMatch,
                PhoneticMatch,
                DateMatch,
                ReferenceMatch,
                IdentifierMatch,
                QuantityMatch,
                NumberComparison,
                UriMatch {
    /** Whether an element of one of the kind's types matches. Malformed elements do not match; they never throw. */
    boolean matches(ElementType type, JsonNode element);

    /** A string that is part of some string in each resource that matches; null if none can be told. */
    default @Nullable String necessary(SearchParameter parameter) {
        return null;
    }

    /** A string that each element that matches has as one of its {@link ElementKeys}; null if none can be told. */
    default @Nullable String key(SearchParameter parameter) {
        return null;
    }

    /** What an index can look for; null if it is of no help. */
    default @Nullable IndexTerm indexTerm(SearchParameter parameter) {
        return null;
    }

    /** Says why a value cannot be searched for, and what to write: the second half of a sentence. */
    final class InvalidValueException extends Exception {
        private static final long serialVersionUID = 1L;

        public InvalidValueException(String reason) {
            super(reason, null, false, false);
        }

        public String reason() {
            return String.valueOf(getMessage());
        }
    }
}
