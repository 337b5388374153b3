package dev.sluice.blob;

import dev.sluice.blob.BlobException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether this process may change the storage. It may not if the storage belongs to another copy of its
 * database.
 *
 * <p>Safe for use by any number of threads.
 */
public final class StorageOwnership {
    private final boolean adopting;
    private volatile @Nullable String refusal;

    /** @param adopting whether the operator said that the storage is this store's from now on, whatever is in it */
    public StorageOwnership(boolean adopting) {
        this.adopting = adopting;
    }

    /** Whether the operator said that the storage is this store's from now on, whatever is in it. */
    public boolean adopting() {
        return adopting;
    }

    /** From now on nothing is written or deleted; what wants to do so fails with this sentence, and may try again. */
    public void refuse(String sentence) {
        refusal = sentence;
    }

    /** The storage is this store's. */
    public void confirm() {
        refusal = null;
    }

    void require() {
        String sentence = refusal;
        if (sentence != null) {
            throw new BlobException(Reason.TRANSIENT, sentence, null);
        }
    }
}
