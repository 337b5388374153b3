package dev.sluice.blob;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Looks into a storage beside the store: a folder of this machine, or an Azurite. */
public final class StoredBlobs {
    private StoredBlobs() {}

    /** The committed blobs of a container, by their paths; none if there is no such container. */
    public static List<BlobPath> in(BlobStore store, String container) {
        URI root = store.uri(BlobPath.of(container, "x")).resolve(".");
        List<String> keys = root.getScheme().equals("file") ? files(Path.of(root)) : blobs(root, container);
        return keys.stream()
                .map(key -> BlobPath.of(container, key))
                .sorted(Comparator.comparing(BlobPath::key))
                .toList();
    }

    private static List<String> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static List<String> blobs(URI root, String container) {
        BlobContainerClient client = new BlobServiceClientBuilder()
                .connectionString(
                        AzuriteServer.connectionStringOf(root.resolve("..").toString()))
                .buildClient()
                .getBlobContainerClient(container);
        ListBlobsOptions options = new ListBlobsOptions().setDetails(new BlobListDetails().setRetrieveMetadata(true));
        try {
            return client.listBlobs(options, null).stream()
                    .filter(blob -> !isFolder(blob))
                    .map(BlobItem::getName)
                    .toList();
        } catch (BlobStorageException e) {
            if (e.getStatusCode() == 404) {
                return List.of();
            }
            throw e;
        }
    }

    /** Accounts with hierarchical names have folders too: empty blobs that carry this mark. */
    private static boolean isFolder(BlobItem blob) {
        return blob.getMetadata() != null && blob.getMetadata().containsKey("hdi_isfolder");
    }
}
