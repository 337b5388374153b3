package dev.sluice.delta;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Reads and creates the small blobs of which logs consist. Safe for use by any number of threads. */
final class SmallBlobs {
    private final BlobStore blobs;

    SmallBlobs(BlobStore blobs) {
        this.blobs = blobs;
    }

    boolean exists(BlobPath path) {
        return blobs.exists(path);
    }

    /** The content of a blob; empty if there is none. */
    Optional<String> read(BlobPath path) {
        if (!blobs.exists(path)) {
            return Optional.empty();
        }
        try (StoredBlob blob = blobs.open(path, 0, BlobStore.TO_THE_END)) {
            return Optional.of(new String(blob.content().readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Creates a blob, unless there is one; returns what the blob holds after that. If this is the same text, it is this
     * caller's, or that of a caller who did the same.
     */
    String createIfAbsent(BlobPath path, String text) {
        return blobs.createIfAbsent(path, text.getBytes(UTF_8))
                ? text
                : read(path).orElse(""); // it was deleted between the two calls
    }
}
