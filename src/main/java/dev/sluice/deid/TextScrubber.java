package dev.sluice.deid;

import org.jspecify.annotations.Nullable;

/** The method {@code scrub}: takes out of free text what identifies a person. Safe for use by any number of threads. */
@FunctionalInterface
public interface TextScrubber {
    /**
     * The text without what identifies a person.
     *
     * @return null if this text cannot be scrubbed
     * @throws java.io.UncheckedIOException if no text can be scrubbed now; the message has nothing of this one
     */
    @Nullable
    String scrub(String text);
}
