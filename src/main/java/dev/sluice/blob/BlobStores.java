package dev.sluice.blob;

import java.nio.file.Path;
import java.time.Clock;

/** Makes the stores that there are. Each of them writes and deletes only while the storage is this process's to change. */
public final class BlobStores {
    private BlobStores() {}

    /** Containers are folders below this one. */
    public static BlobStore folder(Path root, Clock clock, StorageOwnership ownership) {
        return new OwnedBlobStore(new LocalBlobStore(root, clock, BlockPool.forThisMachine()), ownership);
    }

    /** Containers are those of a storage account. */
    public static BlobStore azure(AzureStorage storage, Clock clock, StorageOwnership ownership) {
        return new OwnedBlobStore(
                new AzureBlobStore(AzureAccount.of(storage, clock), BlockPool.forThisMachine()), ownership);
    }
}
