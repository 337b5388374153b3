package dev.sluice.blob;

import dev.sluice.blob.BlobProblem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Finds out whether a container can be written, read and emptied, by doing it. */
final class Probe {
    private static final byte[] CONTENT = "{\"probe\":\"sluice\"}\n".getBytes(StandardCharsets.UTF_8);

    private Probe() {}

    static void of(BlobStore store, String container) {
        BlobPath path = BlobPath.of(container, ".sluice-probe-" + UUID.randomUUID());
        try (BlobWriter writer = store.create(path, BlobStore.Encoding.IDENTITY)) {
            writer.write(CONTENT, 0, CONTENT.length);
            writer.commit();
        }
        try (StoredBlob blob = store.open(path, 0, BlobStore.TO_THE_END)) {
            if (!Arrays.equals(blob.content().readAllBytes(), CONTENT)) {
                throw new BlobProblem(
                        Reason.PERMANENT,
                        store.describe() + " gives back other bytes than were written to " + Quoted.of(container) + ".",
                        null);
            }
        } catch (IOException fault) {
            throw new BlobProblem(
                    Reason.TRANSIENT, "Cannot read back what was written to " + Quoted.of(container) + ".", fault);
        } finally {
            store.delete(path);
        }
    }
}
