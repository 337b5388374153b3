package dev.sluice.blob;

import java.time.Duration;

/**
 * Creates the URLs of a manifest by {@link DownloadMode}.
 *
 * @param store the files are in
 * @param mode what the URLs point at
 * @param signedFor how long a signed URL opens
 */
public record DownloadUrls(BlobStore store, DownloadMode mode, Duration signedFor) {
    /**
     * A URL for a manifest that is given to a client now.
     *
     * @param served where this server would stream the file
     */
    public String of(BlobPath path, String served) {
        return switch (mode) {
            case SERVER -> served;
            case SAS -> store.signedUri(path, signedFor).toString();
            case DIRECT -> store.uri(path).toString();
        };
    }

    /**
     * A URL for a manifest that is kept beside the files: the plain one of the blob, if clients get that one; otherwise
     * the file's name, which is a URL relative to the manifest's own. A signed URL would expire, and one of this server may
     * change.
     */
    public String beside(BlobPath path) {
        return mode == DownloadMode.DIRECT ? store.uri(path).toString() : path.name();
    }

    /** How long the URLs of a manifest that is made now open by themselves. */
    public Duration openFor() {
        return mode == DownloadMode.SAS ? signedFor : Duration.ZERO;
    }
}
