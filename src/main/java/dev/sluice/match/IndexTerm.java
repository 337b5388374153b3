package dev.sluice.match;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A value that an index can look for, as one alternative of a {@link IndexPredicate}.
 *
 * <p>It only preselects: a resource without it does not match, and a resource with it may match.
 */
public sealed interface IndexTerm {
    /**
     * A code, or an identifier's value, with its system.
     *
     * @param system null for any, empty for none; an element of type code has none but its binding's
     * @param code null for any code of the system
     */
    record Token(@Nullable String system, @Nullable String code) implements IndexTerm {}

    /**
     * A reference to a resource of this server.
     *
     * @param type null for any
     */
    record Reference(@Nullable ResourceType type, String id) implements IndexTerm {}

    /** A time before which the element does not end. */
    record NotBefore(Instant time) implements IndexTerm {}
}
