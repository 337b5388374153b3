package dev.sluice.blob;

/**
 * A folder inside a container, as {@link BlobStore#deletePrefix} takes it; the empty one is the container itself.
 *
 * @param folder without a slash at its end
 */
record Folder(String folder) {
    static Folder of(String prefix) {
        String folder = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        if (!folder.isEmpty()) {
            BlobPath.fault(folder).ifPresent(fault -> {
                throw new IllegalArgumentException(fault);
            });
        }
        return new Folder(folder);
    }

    boolean isEmpty() {
        return folder.isEmpty();
    }

    /** What the keys of all blobs below this folder begin with. */
    String ofKeys() {
        return isEmpty() ? "" : folder + "/";
    }
}
