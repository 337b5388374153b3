package dev.sluice.blob;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

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

    static WrittenBlob write(BlobStore store, BlobPath path, BlobStore.Encoding encoding, byte[] content) {
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

    /** Deflate data that can be joined, with other bytes around it. */
    static DeflatedLines deflated(byte[] bytes) throws IOException {
        int around = 7;
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.write(new byte[around]);
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        DeflaterOutputStream out = new DeflaterOutputStream(data, deflater, 1 << 16, true);
        out.write(bytes);
        out.flush();
        deflater.end();
        int length = data.size() - around;
        data.write(new byte[around]);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return new DeflatedLines(data.toByteArray(), around, length, bytes.length, (int) crc.getValue());
    }

    /** The same with one byte changed. */
    static DeflatedLines changed(DeflatedLines data, int place) {
        byte[] buffer = data.buffer().clone();
        buffer[data.offset() + place] ^= 4;
        return new DeflatedLines(buffer, data.offset(), data.length(), data.contentBytes(), data.contentCrc32());
    }

    /** The same data, with other words about its content. */
    static DeflatedLines stating(DeflatedLines data, int bytes, int crc) {
        return new DeflatedLines(data.buffer(), data.offset(), data.length(), bytes, crc);
    }

    /** The same without its last bytes. */
    static DeflatedLines cut(DeflatedLines data, int bytes) {
        return new DeflatedLines(
                data.buffer(), data.offset(), data.length() - bytes, data.contentBytes(), data.contentCrc32());
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
