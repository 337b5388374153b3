package dev.sluice.blob;

import org.jspecify.annotations.Nullable;

/**
 * The size and the hashes of a committed blob. Hashes are lower-case hexadecimal digits.
 *
 * @param bytes size of the content, before compression
 * @param sha256 SHA-256 of the blob as it is stored
 * @param compressed properties of a compressed blob; null = it is stored without compression
 */
public record WrittenBlob(
        long bytes, String sha256, @Nullable Compressed compressed) {
    /**
     * A compressed blob.
     *
     * @param bytes size of the blob as it is stored
     * @param crc32 CRC-32 of the content
     */
    public record Compressed(long bytes, String crc32) {}
}
