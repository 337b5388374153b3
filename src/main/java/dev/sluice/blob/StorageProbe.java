package dev.sluice.blob;

import dev.sluice.blob.BlobException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Tests whether a container can be written, read and emptied. */
final class StorageProbe {
    private static final byte[] CONTENT = "{\"probe\":\"sluice\"}\n".getBytes(StandardCharsets.UTF_8);

    private StorageProbe() {}

    static void of(BlobStore store, String container) {
        BlobPath path = BlobPath.of(container, ".sluice-probe-" + UUID.randomUUID());
        try {
            write(store, path);
            compare(store, path);
        } catch (BlobException fault) {
            deleteIfItWorks(store, path, fault);
            throw fault;
        }
        store.delete(path);
    }

    private static void write(BlobStore store, BlobPath path) {
        try (BlobWriter writer = store.create(path, BlobStore.Encoding.IDENTITY)) {
            writer.write(CONTENT, 0, CONTENT.length);
            writer.commit();
        }
    }

    private static void compare(BlobStore store, BlobPath path) {
        String container = Quoted.of(path.container());
        try (StoredBlob blob = store.open(path, 0, BlobStore.TO_THE_END)) {
            if (!Arrays.equals(blob.content().readAllBytes(), CONTENT)) {
                throw new BlobException(
                        Reason.PERMANENT,
                        "The storage gives back other bytes than were written to " + container + ".",
                        null);
            }
        } catch (IOException fault) {
            throw new BlobException(Reason.TRANSIENT, "Cannot read back what was written to " + container + ".", fault);
        }
    }

    /** It may be there although its writing seems to have failed. */
    private static void deleteIfItWorks(BlobStore store, BlobPath path, BlobException fault) {
        try {
            store.delete(path);
        } catch (BlobException another) {
            fault.addSuppressed(another);
        }
    }
}
