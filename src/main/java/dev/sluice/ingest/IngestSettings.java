package dev.sluice.ingest;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings that apply to all writes.
 *
 * @param validation how much of a resource is validated beyond what Sluice itself needs; null = each kind of write has
 *     its own default
 */
@ConfigurationProperties("sluice.ingest")
record IngestSettings(@Nullable Validation validation) {
    /** What a resource is held to. */
    enum Validation {
        /** Nothing more. */
        NONE,
        /** The structure that R4 gives its type. */
        STRUCTURE
    }

    /** Whether the structure is checked; {@code byDefault} applies if the setting is not given. */
    boolean validates(boolean byDefault) {
        return validation == null ? byDefault : validation == Validation.STRUCTURE;
    }
}
