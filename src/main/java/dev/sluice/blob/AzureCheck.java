package dev.sluice.blob;

import com.azure.storage.blob.models.BlobStorageException;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a storage account can be used as the server uses it. The test blob is in the container of the marks; if
 * that does not exist yet, in a container of its own, which is removed too.
 */
final class AzureCheck implements Check {
    private final AzureAccount account;
    private final @Nullable Duration signedFor;

    /** @param signedFor how long signed URLs open; null = the server does not sign */
    AzureCheck(AzureAccount account, @Nullable Duration signedFor) {
        this.account = account;
        this.signedFor = signedFor;
    }

    @Override
    public List<Finding> run() {
        try (AzureBlobStore store = new AzureBlobStore(
                account.forImpatientCallers(), BlockPool.forThisMachine(), new StorageOwnership(false))) {
            probe(store);
            if (signedFor != null) {
                store.signedUri(BlobPath.of(ContainerName.STORE_MARKS, "probe"), signedFor);
            }
            return List.of(Finding.ok(
                    Topic.STORAGE,
                    account.description() + " can be written, read and emptied"
                            + (signedFor == null ? "." : ", and signs URLs.")));
        } catch (BlobException e) {
            return List.of(problem(e));
        }
    }

    private void probe(BlobStore store) {
        boolean exists = AzureFaults.translate(
                "Cannot look for the container " + Quoted.of(ContainerName.STORE_MARKS),
                () -> account.shortTimeout()
                        .getBlobContainerClient(ContainerName.STORE_MARKS)
                        .exists());
        if (exists) {
            store.probe(ContainerName.STORE_MARKS);
            return;
        }
        String own = "sluice-doctor-" + UUID.randomUUID();
        store.createContainer(own);
        try {
            store.probe(own);
        } finally {
            store.deleteContainer(own);
        }
    }

    /** The sentence is what failed, a colon, and what to do. */
    private Finding problem(BlobException e) {
        String[] parts = e.sentence().split(": ", 2);
        String advice =
                parts.length == 1 ? "" : parts[1].substring(0, 1).toUpperCase(Locale.ROOT) + parts[1].substring(1);
        @Nullable BlobStorageException answer = ExceptionUtils.throwableOfType(e, BlobStorageException.class);
        if (answer != null && answer.getStatusCode() == 403) {
            advice += account.principal()
                    .map(identity -> " The identity is " + identity + ".")
                    .orElse("");
        }
        String cause = answer == null ? ExceptionUtils.getRootCauseMessage(e) : "";
        return Finding.problem(
                Topic.STORAGE,
                parts[0].replaceFirst("\\.$", "") + " in " + account.description()
                        + (cause.isBlank() || cause.endsWith(": ") ? "" : ": " + cause) + ".",
                advice);
    }
}
