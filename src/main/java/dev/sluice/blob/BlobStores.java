package dev.sluice.blob;

import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Creates the configured stores. A store writes and deletes only while this process owns the storage. */
public final class BlobStores {
    private BlobStores() {}

    /**
     * Containers are folders below this one.
     *
     * @param kept bytes of the file system to keep free; null = 1 GB, or a twentieth of it if that is less
     */
    public static BlobStore folder(Path root, @Nullable Long kept, Clock clock, StorageOwnership ownership) {
        return new LocalBlobStore(root, kept, clock, BlockPool.forThisMachine(), ownership);
    }

    /** Containers are those of a storage account. */
    public static BlobStore azure(AzureStorage storage, Clock clock, StorageOwnership ownership) {
        return new AzureBlobStore(AzureAccount.of(storage, clock), BlockPool.forThisMachine(), ownership);
    }
}
