package dev.sluice.blob;

import java.nio.file.Path;
import java.time.Clock;

/** Creates the configured stores. A store writes and deletes only while this process owns the storage. */
public final class BlobStores {
    private BlobStores() {}

    /** Containers are folders below this one. */
    public static BlobStore folder(Path root, Clock clock, StorageOwnership ownership) {
        return new LocalBlobStore(root, clock, BlockPool.forThisMachine(), ownership);
    }

    /** Containers are those of a storage account. */
    public static BlobStore azure(AzureStorage storage, Clock clock, StorageOwnership ownership) {
        return new AzureBlobStore(AzureAccount.of(storage, clock), BlockPool.forThisMachine(), ownership);
    }
}
