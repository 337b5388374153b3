package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;

/**
 * One file of NDJSON, wherever it lies; it can be read any number of times.
 *
 * @param name as it is shown
 */
record NdjsonFile(String name, ContentSource content) {
    /** Where the bytes come from. If the file does not exist, it throws a {@link java.nio.file.NoSuchFileException}. */
    @FunctionalInterface
    interface ContentSource {
        InputStream open() throws IOException;
    }

    /** The content without compression, for the caller to close. */
    InputStream open() throws IOException {
        return open(false);
    }

    /** The same; with the hash of what is stored, if it is wanted. */
    NdjsonInput open(boolean hash) throws IOException {
        return NdjsonInput.of(content.open(), hash);
    }
}
