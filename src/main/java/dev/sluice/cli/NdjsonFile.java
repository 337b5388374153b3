package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.io.function.IOSupplier;

/**
 * One file of NDJSON, wherever it lies; it can be read any number of times.
 *
 * @param name as it is shown
 * @param content opens the file; throws a {@link java.nio.file.NoSuchFileException} if it does not exist
 */
record NdjsonFile(String name, IOSupplier<InputStream> content) {
    /**
     * The content without compression, for the caller to close.
     *
     * @param hash whether the hash of what is stored is wanted
     */
    NdjsonInput open(boolean hash) throws IOException {
        return NdjsonInput.of(content.get(), hash);
    }
}
