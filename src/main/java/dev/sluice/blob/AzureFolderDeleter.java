package dev.sluice.blob;

import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.DeleteSnapshotsOptionType;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a folder of a container: its blobs, and staged blocks that were never committed. It holds one page of the listing
 * at a time, and deletes no blob that was written again after it was listed.
 *
 * <p>Azure has no call that deletes staged blocks, but a commit of an empty list deletes them; the empty blob that it
 * makes is deleted at once.
 */
final class AzureFolderDeleter {
    /** The number of passes: the staged blocks of a blob are listed only after the blob is deleted. */
    private static final int ROUNDS = 3;

    private static final int PARALLEL_DELETIONS = 8;

    private static final int CONFLICT = 409;
    private static final int CHANGED = 412;

    private final BlobContainerClient container;
    private final Executor executor;

    /** @param executor for deletions at the same time */
    AzureFolderDeleter(BlobContainerClient container, Executor executor) {
        this.container = container;
        this.executor = executor;
    }

    /**
     * Blobs that an active writer adds meanwhile may remain.
     *
     * @param check runs after each page of the listing, before what it has is deleted; if it throws, nothing more is
     */
    void deleteFolder(String folder, Runnable check) {
        ListBlobsOptions everything = new ListBlobsOptions()
                .setPrefix(folder.isEmpty() ? "" : folder + "/")
                .setDetails(new BlobListDetails().setRetrieveUncommittedBlobs(true));
        boolean found = true;
        for (int round = 0; round < ROUNDS && found; round++) {
            found = deleteListed(everything, check);
        }
    }

    /** False if nothing is listed. */
    private boolean deleteListed(ListBlobsOptions everything, Runnable check) {
        boolean found = false;
        Queue<BlobItem> folders = new ConcurrentLinkedQueue<>();
        for (PagedResponse<BlobItem> page :
                container.listBlobs(everything, null).iterableByPage()) {
            check.run();
            List<BlobItem> listed = new ArrayList<>(page.getValue());
            Collections.reverse(listed); // a folder (of an account with hierarchical names) after what is in it
            found |= !listed.isEmpty();
            deleteAll(listed, folders);
        }
        List<BlobItem> rest = new ArrayList<>(folders);
        rest.sort((one, other) -> other.getName().compareTo(one.getName()));
        rest.forEach(this::delete);
        return found;
    }

    /** @param folders gets those that are not empty yet */
    private void deleteAll(List<BlobItem> listed, Queue<BlobItem> folders) {
        CompletableFuture<?>[] lanes = IntStream.range(0, Math.min(PARALLEL_DELETIONS, listed.size()))
                .mapToObj(lane -> CompletableFuture.runAsync(
                        () -> {
                            for (int i = lane; i < listed.size(); i += PARALLEL_DELETIONS) {
                                if (!delete(listed.get(i))) {
                                    folders.add(listed.get(i));
                                }
                            }
                        },
                        executor))
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(lanes).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException fault ? fault : failed;
        }
    }

    /** False if it is a folder that is not empty. */
    private boolean delete(BlobItem listed) {
        BlobClient blob = container.getBlobClient(listed.getName());
        try {
            if (!delete(blob, listed.getProperties().getETag())) {
                deleteStagedBlocks(blob);
            }
        } catch (BlobStorageException refused) {
            if (AzureFaults.isAnswer(refused, "DirectoryIsNotEmpty")) {
                return false;
            }
            if (refused.getStatusCode() != CHANGED) {
                throw refused;
            }
            if (!blob.exists()) {
                deleteStagedBlocks(blob);
            }
        }
        return true;
    }

    /** A blob that another process has committed meanwhile stays. */
    private static void deleteStagedBlocks(BlobClient blob) {
        BlobRequestConditions absent = new BlobRequestConditions().setIfNoneMatch("*");
        try {
            String made = blob.getBlockBlobClient()
                    .commitBlockListWithResponse(
                            new BlockBlobCommitBlockListOptions(List.of()).setRequestConditions(absent),
                            null,
                            Context.NONE)
                    .getValue()
                    .getETag();
            delete(blob, made);
        } catch (BlobStorageException refused) {
            if (refused.getStatusCode() != CONFLICT && refused.getStatusCode() != CHANGED) {
                throw refused;
            }
        }
    }

    /** False if there is no such blob. A blob that has only staged blocks does not count. */
    static boolean delete(BlobClient blob) {
        return delete(blob, null);
    }

    /** @param etag of the blob that may be deleted; null or empty = any */
    private static boolean delete(BlobClient blob, @Nullable String etag) {
        BlobRequestConditions same =
                etag == null || etag.isEmpty() ? null : new BlobRequestConditions().setIfMatch(etag);
        return blob.deleteIfExistsWithResponse(DeleteSnapshotsOptionType.INCLUDE, same, null, Context.NONE)
                .getValue();
    }
}
