package dev.sluice.blob;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import com.azure.storage.blob.options.BlobParallelUploadOptions;
import com.azure.storage.blob.specialized.BlobInputStream;
import dev.sluice.blob.BlobException.Reason;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Stores blobs in the containers of an Azure storage account. The SDK retries calls that may succeed later. */
final class AzureBlobStore implements BlobStore {
    private static final int NOT_FOUND = 404;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final AzureAccount account;
    private final URI root;
    private final BlockPool pool;
    private final StorageOwnership ownership;

    AzureBlobStore(AzureAccount account, BlockPool pool, StorageOwnership ownership) {
        this.account = account;
        this.root = URI.create(account.client().getAccountUrl().replaceAll("/+$", ""));
        this.pool = pool;
        this.ownership = ownership;
    }

    @Override
    public BlockWriter create(BlobPath path, Encoding encoding) {
        ownership.require();
        AzureSink sink = new AzureSink(path, blob(path).getBlockBlobClient(), encoding, account.blockMd5());
        return new BlockWriter(pool, sink, encoding);
    }

    @Override
    public BlobBatch batch() {
        return new BlobBatch(this::create, pool.executor());
    }

    /** A client waits for the result. */
    @Override
    public boolean createContainer(String container) {
        ownership.require();
        BlobContainerClient client = container(account.shortTimeout(), container);
        return AzureFaults.translate("Cannot create the container " + Quoted.of(container), () -> {
            try {
                client.create();
                return true;
            } catch (BlobStorageException refused) {
                // a role on one container may use it but not create it; then it suffices that the container exists
                boolean there = AzureFaults.isAnswer(refused, "ContainerAlreadyExists")
                        || (refused.getStatusCode() == 403 && client.exists());
                if (!there) {
                    throw AzureFaults.ofCreation(container, refused);
                }
                return false;
            }
        });
    }

    /** A client waits for the result. */
    @Override
    public boolean hasContainer(String container) {
        return AzureFaults.translate(
                "Cannot look for the container " + Quoted.of(container),
                () -> container(account.shortTimeout(), container).exists());
    }

    @Override
    public StoredBlob open(BlobPath path, long offset, long length) {
        BlobClient blob = blob(path);
        return AzureFaults.translate("Cannot read " + Quoted.of(path.toString()), () -> {
            if (length == 0) {
                return stored(blob.getProperties(), InputStream.nullInputStream());
            }
            BlobRange range = length == TO_THE_END ? new BlobRange(offset) : new BlobRange(offset, length);
            try {
                BlobInputStream content =
                        blob.openInputStream(new BlobInputStreamOptions().setRange(range), Context.NONE);
                return stored(content.getProperties(), content);
            } catch (BlobStorageException refused) {
                if (refused.getStatusCode() != RANGE_NOT_SATISFIABLE) {
                    throw refused;
                }
                return stored(blob.getProperties(), InputStream.nullInputStream());
            }
        });
    }

    @Override
    public boolean exists(BlobPath path) {
        return AzureFaults.translate(
                "Cannot look for " + Quoted.of(path.toString()),
                () -> blob(path).exists());
    }

    @Override
    public boolean createIfAbsent(BlobPath path, byte[] content) {
        ownership.require();
        BlobParallelUploadOptions ifAbsent = new BlobParallelUploadOptions(BinaryData.fromBytes(content))
                .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*"));
        return AzureFaults.translate("Cannot write " + Quoted.of(path.toString()), () -> {
            try {
                blob(path).uploadWithResponse(ifAbsent, null, Context.NONE);
                return true;
            } catch (BlobStorageException refused) {
                if (!AzureFaults.isAnswer(refused, "BlobAlreadyExists")
                        && !AzureFaults.isAnswer(refused, "ConditionNotMet")) {
                    throw refused;
                }
                return false;
            }
        });
    }

    @Override
    public void delete(BlobPath path) {
        ownership.require();
        AzureFaults.translate(
                "Cannot delete " + Quoted.of(path.toString()), () -> AzureFolderDeleter.delete(blob(path)));
    }

    @Override
    public void deletePrefix(String container, String folder, Runnable check) {
        ownership.require();
        BlobPath.requireFolder(folder);
        BlobContainerClient client = container(container);
        AtomicReference<RuntimeException> stopped = new AtomicReference<>();
        Runnable noted = () -> {
            try {
                check.run();
            } catch (RuntimeException stop) {
                stopped.set(stop);
                throw stop;
            }
        };
        try {
            inContainer("Cannot empty " + Quoted.of(container + "/" + folder), () -> {
                new AzureFolderDeleter(client, pool.executor()).deleteFolder(folder, noted);
                if (!folder.isEmpty()) {
                    deleteIfFolder(client.getBlobClient(folder));
                }
            });
        } catch (BlobException fault) {
            throw Objects.requireNonNullElse(stopped.get(), fault); // the caller's own is none of the storage
        }
    }

    /** A client may be waiting for the result; other callers retry. */
    @Override
    public void deleteContainer(String container) {
        ownership.require();
        BlobContainerClient client = container(account.shortTimeout(), container);
        inContainer("Cannot delete the container " + Quoted.of(container), client::deleteIfExists);
    }

    @Override
    public void probe(String container) {
        StorageProbe.of(
                new AzureBlobStore(account.forImpatientCallers(), pool, ownership), ContainerName.require(container));
    }

    @Override
    public URI uri(BlobPath path) {
        try {
            String full = root.getPath() + "/" + path.container() + "/" + path.key();
            return URI.create(new URI(root.getScheme(), root.getAuthority(), full, null, null).toASCIIString());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("No URL for " + path, impossible);
        }
    }

    @Override
    public URI signedUri(BlobPath path, Duration validity) {
        AzureSigner signer = account.signer();
        if (signer == null) {
            throw new BlobException(
                    Reason.PERMANENT,
                    "A connection string with a shared access signature cannot sign URLs: give one with the account key,"
                            + " or sluice.storage.azure.account-url.",
                    null);
        }
        String query = AzureFaults.translate(
                "Cannot sign a URL for " + Quoted.of(path.toString()), () -> signer.sign(blob(path), validity));
        return URI.create(uri(path) + "?" + query);
    }

    @Override
    public Optional<BlobPath> pathOf(URI url) {
        String base = root.getPath() + "/";
        String path = url.getPath();
        boolean ours = root.getScheme().equalsIgnoreCase(url.getScheme())
                && root.getAuthority().equalsIgnoreCase(url.getAuthority())
                && path != null
                && path.startsWith(base)
                && namesTheCurrentVersion(url);
        if (!ours) {
            return Optional.empty();
        }
        String[] parts = path.substring(base.length()).split("/", 2);
        return parts.length == 2
                        && ContainerName.fault(parts[0]).isEmpty()
                        && BlobPath.fault(parts[1]).isEmpty()
                ? Optional.of(BlobPath.of(parts[0], parts[1]))
                : Optional.empty();
    }

    @Override
    public String describe() {
        return account.description();
    }

    @Override
    public void close() {
        pool.close();
    }

    private BlobContainerClient container(String container) {
        return container(account.client(), container);
    }

    private static BlobContainerClient container(BlobServiceClient client, String container) {
        return client.getBlobContainerClient(ContainerName.require(container));
    }

    private BlobClient blob(BlobPath path) {
        return container(path.container()).getBlobClient(path.key());
    }

    /** Not a blob that happens to have the name of the folder. */
    private static void deleteIfFolder(BlobClient candidate) {
        try {
            Map<String, String> metadata = candidate.getProperties().getMetadata();
            // Accounts with hierarchical names have folders too: empty blobs that carry this mark.
            if (metadata != null && Boolean.parseBoolean(metadata.get("hdi_isfolder"))) {
                candidate.deleteIfExists();
            }
        } catch (BlobStorageException refused) {
            if (refused.getStatusCode() != NOT_FOUND) {
                throw refused;
            }
        }
    }

    /** A query may hold a signature, which this store does not need, but not another state of the blob. */
    private static boolean namesTheCurrentVersion(URI url) {
        String query = url.getRawQuery();
        return query == null || !query.matches("(?i)(.*&)?(snapshot|versionid)=.*");
    }

    private static StoredBlob stored(BlobProperties properties, InputStream content) {
        String etag = properties.getETag().replace("\"", ""); // the SDK gives it now with quotes, now without
        return new StoredBlob(content, properties.getBlobSize(), properties.getContentEncoding(), "\"" + etag + "\"");
    }

    /** Does nothing if the container does not exist, or does not exist any more. */
    private static void inContainer(String action, Runnable work) {
        AzureFaults.translate(action, () -> {
            try {
                work.run();
            } catch (BlobStorageException refused) {
                if (!AzureFaults.isAnswer(refused, "ContainerNotFound")
                        && !AzureFaults.isAnswer(refused, "ContainerBeingDeleted")) {
                    throw refused;
                }
            }
            return true;
        });
    }
}
