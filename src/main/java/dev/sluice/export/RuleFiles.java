package dev.sluice.export;

import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StoredBlob;
import dev.sluice.deid.Preset;
import dev.sluice.fhir.FhirException;
import dev.sluice.json.MemoryBudget;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads rule files: those that are shipped, and those of the container {@code anonymization} of the storage. */
@Component
class RuleFiles {
    /** The size that Azure's server allows. */
    private static final int MAX_BYTES = 1 << 20;

    private final BlobStore blobs;

    RuleFiles(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** Whether a name is meant to be that of shipped rules. */
    static boolean isPreset(String name) {
        return name.startsWith(Preset.PREFIX);
    }

    /**
     * The bytes of a rule file. The texts of errors begin as those of Azure's server.
     *
     * @param etag what its ETag must be, with or without quotes; null = any
     * @param memory counts the bytes
     * @throws FhirException 400 if the file does not exist, is too large or has another ETag
     */
    byte[] read(String name, @Nullable String etag, MemoryBudget.Claim memory) {
        return isPreset(name) ? preset(name) : stored(name, etag, memory);
    }

    private static byte[] preset(String name) {
        return Preset.find(name)
                .orElseThrow(() -> FhirException.invalid(
                        "No rules of the name '" + name + "' are shipped; they are " + Preset.ALL + "."))
                .file();
    }

    private byte[] stored(String name, @Nullable String etag, MemoryBudget.Claim memory) {
        try (StoredBlob blob = blobs.open(BlobPath.of(ContainerName.ANONYMIZATION, name), 0, BlobStore.TO_THE_END)) {
            if (etag != null && !blob.etag().equals(quoted(etag))) {
                throw FhirException.invalid(
                        "The condition specified using HTTP conditional header(s) is not met. The ETag"
                                + " of the rule file is not the one that the request names: read the file, and its ETag, again.");
            }
            if (blob.totalLength() > MAX_BYTES) {
                throw FhirException.invalid("Anonymization configuration is too large > 1MB.");
            }
            memory.hold(blob.totalLength(), 0);
            return blob.content().readNBytes(MAX_BYTES);
        } catch (BlobException e) {
            throw fault(name, e);
        } catch (IOException e) {
            throw FhirException.of(
                    503, "transient", "The rule file cannot be read now. Send the same request again later.", e);
        }
    }

    private static String quoted(String etag) {
        return etag.startsWith("\"") ? etag : "\"" + etag + "\"";
    }

    private FhirException fault(String name, BlobException fault) {
        boolean passing = fault.reason() == Reason.TRANSIENT;
        if (!passing && !hasContainer()) {
            return FhirException.invalid(
                    "Anonymization container not found on the destination storage. Create the container" + " "
                            + ContainerName.ANONYMIZATION + ", and put the rule file into it.");
        }
        if (fault.reason() == Reason.NOT_FOUND) {
            return FhirException.invalid("Anonymization configuration '" + name + "' not found. It is looked for in the"
                    + " container " + ContainerName.ANONYMIZATION + " of the storage.");
        }
        return FhirException.of(
                passing ? 503 : 500,
                passing ? "transient" : "no-store",
                "The rule file cannot be read: " + fault.sentence(),
                fault);
    }

    /** True also if the storage does not tell. */
    private boolean hasContainer() {
        try {
            return blobs.hasContainer(ContainerName.ANONYMIZATION);
        } catch (BlobException e) {
            return true;
        }
    }
}
