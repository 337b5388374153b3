package dev.sluice.blob;

import dev.sluice.doctor.Check;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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

    /** Checks such a folder. */
    public static Check folderCheck(Path root, @Nullable Long kept) {
        return new LocalCheck(root, kept);
    }

    /**
     * Checks such a storage account.
     *
     * @param signedFor how long signed URLs open; null = the server does not sign
     */
    public static Check azureCheck(AzureStorage storage, @Nullable Duration signedFor, Clock clock) {
        return new AzureCheck(AzureAccount.of(storage, clock), signedFor);
    }
}
