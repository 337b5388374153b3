package dev.sluice.blob;

import java.time.Duration;

/**
 * Creates the URLs of a manifest by {@link DownloadMode}.
 *
 * @param store the files are in
 * @param mode what the URLs point at
 * @param sasLifetime how long a signed URL opens
 */
public record DownloadUrls(BlobStore store, DownloadMode mode, Duration sasLifetime) {
    /**
     * A URL for a manifest that is given to a client now.
     *
     * @param served where this server would stream the file
     */
    public String of(BlobPath path, String served) {
        return switch (mode) {
            case SERVER -> served;
            case SAS -> store.signedUri(path, sasLifetime).toString();
            case DIRECT -> store.uri(path).toString();
        };
    }

    /**
     * The URL of a file in the manifest that is stored next to the files: the plain URL of the blob in the direct mode,
     * otherwise a relative URL, which is the name of a file in the same folder. A signed URL would expire, and a URL of this
     * server may change.
     *
     * @param folder of the manifest: the root of the container, or a folder in the root
     */
    public String beside(BlobPath path, String folder) {
        if (mode == DownloadMode.DIRECT) {
            return store.uri(path).toString();
        }
        return path.folder().equals(folder) ? path.name() : "../" + path.folder() + "/" + path.name();
    }

    /** How long the signed URLs of a manifest that is written now are valid. */
    public Duration urlLifetime() {
        return mode == DownloadMode.SAS ? sasLifetime : Duration.ZERO;
    }
}
