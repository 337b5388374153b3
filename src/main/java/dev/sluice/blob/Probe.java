package dev.sluice.blob;

import dev.sluice.blob.BlobProblem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Tests whether a container can be written, read and emptied. */
final class Probe {
    private static final byte[] CONTENT = "{\"probe\":\"sluice\"}\n".getBytes(StandardCharsets.UTF_8);

    private Probe() {}

    static void of(BlobStore store, String container) {
        BlobPath path = BlobPath.of(container, ".sluice-probe-" + UUID.randomUUID());
        try {
            write(store, path);
            compare(store, path);
        } catch (BlobProblem fault) {
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
                throw new BlobProblem(
                        Reason.PERMANENT,
                        store.describe() + " gives back other bytes than were written to " + container + ".",
                        null);
            }
        } catch (IOException fault) {
            throw new BlobProblem(Reason.TRANSIENT, "Cannot read back what was written to " + container + ".", fault);
        }
    }

    /** It may be there although its writing seems to have failed. */
    private static void deleteIfItWorks(BlobStore store, BlobPath path, BlobProblem fault) {
        try {
            store.delete(path);
        } catch (BlobProblem another) {
            fault.addSuppressed(another);
        }
    }
}
