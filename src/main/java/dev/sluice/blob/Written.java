package dev.sluice.blob;

/**
 * What a committed blob holds.
 *
 * @param bytes size of the content before compression
 * @param sha256 SHA-256 of the content before compression, in lower-case hexadecimal digits
 * @param storedBytes size of the blob as it is stored
 */
public record Written(long bytes, String sha256, long storedBytes) {}
