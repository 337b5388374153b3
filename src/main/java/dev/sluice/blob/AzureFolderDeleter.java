package dev.sluice.blob;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.DeleteSnapshotsOptionType;
import com.azure.storage.blob.models.ListBlobsOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Deletes a folder of a container: its blobs, and staged blocks that were never committed.
 *
 * <p>Azure has no call that deletes staged blocks, but a commit of an empty list deletes them; the empty blob that it
 * makes is deleted at once.
 */
final class AzureFolderDeleter {
    /** The number of passes: the staged blocks of a blob are listed only after the blob is deleted. */
    private static final int ROUNDS = 3;

    private final BlobContainerClient container;

    AzureFolderDeleter(BlobContainerClient container) {
        this.container = container;
    }

    /** Blobs that an active writer adds meanwhile may remain. */
    void deleteFolder(String folder) {
        ListBlobsOptions everything = new ListBlobsOptions()
                .setPrefix(folder.isEmpty() ? "" : folder + "/")
                .setDetails(new BlobListDetails().setRetrieveUncommittedBlobs(true));
        List<BlobItem> found = find(everything);
        for (int round = 0; round < ROUNDS && !found.isEmpty(); round++) {
            Collections.reverse(found); // a folder (of an account with hierarchical names) after what is in it
            found.forEach(item -> deleteWithStagedBlocks(container.getBlobClient(item.getName())));
            found = find(everything);
        }
    }

    /** A list that a caller may change. */
    private List<BlobItem> find(ListBlobsOptions options) {
        return new ArrayList<>(container.listBlobs(options, null).stream().toList());
    }

    private static void deleteWithStagedBlocks(BlobClient blob) {
        if (!delete(blob)) {
            blob.getBlockBlobClient().commitBlockList(List.of(), true);
            delete(blob);
        }
    }

    /** False if there is no such blob. A blob that has only staged blocks does not count. */
    static boolean delete(BlobClient blob) {
        return blob.deleteIfExistsWithResponse(DeleteSnapshotsOptionType.INCLUDE, null, null, Context.NONE)
                .getValue();
    }
}
