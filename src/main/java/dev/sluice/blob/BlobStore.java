package dev.sluice.blob;

import dev.sluice.files.DiskSpace;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * A storage of containers that hold blobs, in which files are written.
 *
 * <p>A store may be used by any number of threads. Every method throws {@link BlobException} when the storage refuses or
 * cannot be reached; its reason says whether trying again can help. Methods that write or delete
 * also throw it while this process does not own the storage ({@link StorageOwnership}).
 */
public interface BlobStore extends AutoCloseable {
    /** The {@code length} that means "to the end of the blob". */
    long TO_THE_END = Long.MAX_VALUE;

    /** How the bytes of a blob are stored, and what its headers say. */
    enum Encoding {
        /** The content itself. */
        IDENTITY,
        /** Compressed, with {@code Content-Encoding: gzip}, so that HTTP clients see the content. */
        GZIP,
        /** A gzip file, whose type is {@code application/gzip}, so that HTTP clients see it as it is. */
        GZIP_FILE
    }

    /**
     * Begins a blob. Nothing is visible until {@link BlobWriter#commit()}, which replaces what was at this path before; so
     * work that is done twice leaves the same files. The container must exist.
     */
    BlobWriter create(BlobPath path, Encoding encoding);

    /** Begins a batch: for several blobs that may become visible together, which costs less than one after the other. */
    BlobBatch batch();

    /** Makes a container; true if this call made it, false if it was there. */
    boolean createContainer(String container);

    /** Whether a container exists. */
    boolean hasContainer(String container);

    /**
     * Opens a part of a blob for reading. Offset and length count stored bytes, that is compressed ones where the blob is
     * compressed; a range that begins at or after the end gives no bytes, and the total length tells why.
     *
     * @param length at most this many bytes; {@link #TO_THE_END} for all
     * @throws BlobException with the reason {@code NOT_FOUND} if there is no such blob
     */
    StoredBlob open(BlobPath path, long offset, long length);

    /** Whether a blob exists. */
    boolean exists(BlobPath path);

    /**
     * Writes a small blob, unless a blob exists at this path: of several callers, one writes it. It becomes visible whole,
     * or not at all. The container must exist.
     *
     * @return whether this call wrote it. A caller whose call failed, or that is told {@code false}, may still have written
     *     it, since calls are repeated; the content tells
     */
    boolean createIfAbsent(BlobPath path, byte[] content);

    /** Deletes a blob; it need not exist. */
    void delete(BlobPath path);

    /**
     * Deletes a folder: the blobs in it and in the folders below it, and what was begun there and not committed. It need
     * not exist. A writer that is still at work there fails, or writes again: a caller who wants nothing left stops it and
     * calls again.
     *
     * @param folder such as {@code daily/run-1}, or empty for the whole container
     */
    default void deletePrefix(String container, String folder) {
        deletePrefix(container, folder, () -> {});
    }

    /**
     * The same for a process that may have lost what allows it to: what was written after its last check stays.
     *
     * @param check runs often, before what was found is deleted; if it throws, nothing more is
     */
    void deletePrefix(String container, String folder, Runnable check);

    /** Deletes a container with all that it holds; it need not exist. Azure needs half a minute to reuse the name. */
    void deleteContainer(String container);

    /**
     * Writes, reads and deletes a small blob in a container, and creates nothing else. It answers in seconds, also when the
     * storage does not.
     *
     * @throws BlobException whose message names what to repair
     */
    void probe(String container);

    /**
     * Returns if this many more bytes fit. The bytes are not reserved.
     *
     * @throws BlobException with the reason {@code FULL} if they do not fit
     */
    default void requireRoom(long bytes) {}

    /** The disk of the blobs; empty for a storage whose space is not known here. */
    default Optional<DiskSpace> disk() {
        return Optional.empty();
    }

    /** The plain URL of a blob, without any right to read it; {@code file:} for a folder. */
    URI uri(BlobPath path);

    /** A URL that lets its bearer read one blob from now on for the time given. */
    URI signedUri(BlobPath path, Duration validity);

    /** The path of a URL that points into this store, or empty if it points anywhere else. */
    Optional<BlobPath> pathOf(URI url);

    /** What this store is, for the start-up log line; holds no secret. */
    String describe();

    /** Lets the threads of this store end; writers that are still open fail. */
    @Override
    void close();
}
