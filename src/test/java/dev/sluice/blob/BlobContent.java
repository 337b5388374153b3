package dev.sluice.blob;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What the tests of this package write and read. */
final class BlobContent {
    private BlobContent() {}

    /** Letters and digits that are different for every seed, and that compress. */
    static byte[] text(int size, int seed) {
        byte[] alphabet = "abcdefghijklmnop".getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = noise(size, seed);
        for (int i = 0; i < size; i++) {
            bytes[i] = alphabet[bytes[i] & 0xf];
        }
        return bytes;
    }

    /** Bytes that do not compress. */
    static byte[] noise(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Written write(BlobStore store, BlobPath path, BlobStore.Encoding encoding, byte[] content) {
        try (BlobWriter writer = store.create(path, encoding)) {
            int piece = 1_000_003; // so that pieces and blocks never end together
            for (int offset = 0; offset < content.length; offset += piece) {
                writer.write(content, offset, Math.min(piece, content.length - offset));
            }
            return writer.commit();
        }
    }

    static void write(BlobStore store, BlobPath path, String content) {
        write(store, path, BlobStore.Encoding.IDENTITY, content.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] read(BlobStore store, BlobPath path) {
        return read(store, path, 0, BlobStore.TO_THE_END);
    }

    static byte[] read(BlobStore store, BlobPath path, long offset, long length) {
        try (StoredBlob blob = store.open(path, offset, length)) {
            return blob.content().readAllBytes();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
            gzip.write(bytes);
        }
        return member.toByteArray();
    }

    static byte[] gunzip(byte[] bytes) {
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return plain.readAllBytes();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
