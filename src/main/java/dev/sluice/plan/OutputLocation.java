package dev.sluice.plan;

import dev.sluice.blob.BlobPath;
import java.util.Objects;

/**
 * Where the files of an export go.
 *
 * @param container the container
 * @param folder the folder in it; empty = its root
 * @param own whether the container was made for this export alone, and is deleted with it
 */
public record OutputLocation(String container, String folder, boolean own) {
    public OutputLocation {
        Objects.requireNonNull(container);
        Objects.requireNonNull(folder);
    }

    /** The path of a file in it. */
    public BlobPath file(String name) {
        return new BlobPath(container, folder, name);
    }
}
