package dev.sluice.blob;

import java.nio.file.Path;
import java.time.Clock;

/** Storages in a folder, for tests of other packages. */
public final class LocalStores {
    private LocalStores() {}

    /** A storage in this folder. */
    public static BlobStore at(Path folder) {
        return new LocalBlobStore(
                folder, null, Clock.systemUTC(), BlockPool.forThisMachine(), new StorageOwnership(false));
    }
}
