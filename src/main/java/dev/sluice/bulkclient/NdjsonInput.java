package dev.sluice.bulkclient;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.GzipAwareInput;
import dev.sluice.json.GzipInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file that is being read, and the measures of the file as it is stored. It fails if a line or the
 * file does not end.
 *
 * <p>Content that begins with the magic number of gzip is decompressed, whatever the name or the headers are. JSON never
 * begins with it, and tools that download a blob with {@code Content-Encoding: gzip} keep the encoding but lose the header.
 */
public final class NdjsonInput extends FilterInputStream {
    /** No line is that long: a resource has at most half of it. */
    private static final long LONGEST_LINE = 2L * FhirJson.MAX_RESOURCE_BYTES;

    /** A terabyte without compression. An export of that size has many files. */
    private static final long LARGEST_FILE = 1L << 40;

    private final BoundedInputStream counted;
    private final DigestInputStream stored;
    private final @Nullable GzipInput gzip;

    /** Bytes since the last end of a line. */
    private long line;

    private long size;

    private NdjsonInput(InputStream content, DigestInputStream stored, BoundedInputStream counted) {
        super(content);
        this.counted = counted;
        this.stored = stored;
        this.gzip = content instanceof GzipInput compressed ? compressed : null;
    }

    /**
     * Begins to read.
     *
     * @param file is closed with the content, or at once if it cannot be read
     * @param hash whether the hash will be asked for
     */
    public static NdjsonInput of(InputStream file, boolean hash) throws IOException {
        BoundedInputStream counted =
                BoundedInputStream.builder().setInputStream(file).get();
        DigestInputStream stored = new DigestInputStream(counted, DigestUtils.getSha256Digest());
        stored.on(hash);
        GzipAwareInput in = new GzipAwareInput(stored);
        try {
            return new NdjsonInput(in.isCompressed() ? new GzipInput(in) : in, stored, counted);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        int last = offset + read - 1;
        while (last >= offset && buffer[last] != '\n') {
            last--;
        }
        line = last < offset ? line + Math.max(read, 0) : offset + read - 1 - last;
        size += Math.max(read, 0);
        if (line > LONGEST_LINE) {
            throw new IOException("a line does not end within " + LONGEST_LINE + " bytes");
        }
        if (size > LARGEST_FILE) {
            throw new IOException("it does not end within " + LARGEST_FILE + " bytes");
        }
        return read;
    }

    /** Whether it was compressed by gzip. */
    public boolean isCompressed() {
        return gzip != null;
    }

    /** How many gzip members have begun so far. */
    public long members() {
        return gzip == null ? 0 : gzip.members();
    }

    /** Reads what may follow the content, and returns the size of the whole. */
    public long storedBytes() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        return counted.getCount();
    }

    /** Reads what may follow the content, and returns the SHA-256 of the whole, in hexadecimal; only once. */
    public String storedSha256() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(stored.getMessageDigest().digest());
    }
}
