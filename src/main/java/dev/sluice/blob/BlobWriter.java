package dev.sluice.blob;

/**
 * A blob that is being written; it becomes visible by one commit, or not at all.
 *
 * <p>Used by one thread: write, commit, close. Hashing, compression and upload run behind it on other threads, at most
 * three blocks of at most 8 MiB at a time, so memory does not grow with the file. A fault of theirs is thrown by the next call.
 */
public interface BlobWriter extends AutoCloseable {
    /** Sets the media type of the content, if the name of the blob does not tell it. */
    void contentType(String type);

    /** Appends bytes; they are copied, so the array may be reused at once. Waits while too many blocks are under way. */
    void write(byte[] bytes, int offset, int length);

    /**
     * Appends content that is compressed already. A compressed blob stores the data as it is, without reading
     * its content. Any other blob stores the decompressed content, after its checksum was verified. The data is copied.
     */
    void writeDeflated(DeflatedLines data);

    /** Writes what is left, waits until the storage has it all, and makes the blob visible. A blob of a batch becomes visible
     * with the batch. */
    WrittenBlob commit();

    /** Without a commit before it: drops all that was written, and nothing becomes visible. */
    @Override
    void close();
}
