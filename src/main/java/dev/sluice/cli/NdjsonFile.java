package dev.sluice.cli;

import dev.sluice.bulkclient.NdjsonInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.commons.io.function.IOSupplier;

/**
 * One file of NDJSON, wherever it lies; it can be read any number of times.
 *
 * @param name as it is shown
 * @param size in bytes, as far as it is known before the file is read; otherwise negative
 * @param content opens the file; throws a {@link java.nio.file.NoSuchFileException} if it does not exist
 */
record NdjsonFile(String name, long size, IOSupplier<InputStream> content) {
    /** The size of all files; negative if that of one is not known. */
    static long size(List<NdjsonFile> files) {
        return files.stream().anyMatch(file -> file.size < 0)
                ? -1
                : files.stream().mapToLong(NdjsonFile::size).sum();
    }

    /**
     * The content without compression, for the caller to close.
     *
     * @param hash whether the hash of what is stored is wanted
     * @param progress counts what is read
     */
    NdjsonInput open(boolean hash, ProgressLine progress) throws IOException {
        return NdjsonInput.of(progress.counting(content.get(), size), hash);
    }
}
