package dev.sluice.cli;

import dev.sluice.fhir.GzipInput;
import dev.sluice.fhir.ReceivedBytes;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file that is being read, and the measures of the file as it is stored.
 *
 * <p>Content that begins with the magic number of gzip is decompressed, whatever the name or the headers are. JSON never begins so, and
 * tools that download a blob with {@code Content-Encoding: gzip} keep the encoding but lose the header.
 */
final class NdjsonInput extends FilterInputStream {
    private final Stored stored;
    private final @Nullable GzipInput gzip;

    private NdjsonInput(InputStream plain, Stored stored) {
        super(plain);
        this.stored = stored;
        this.gzip = null;
    }

    private NdjsonInput(GzipInput gzip, Stored stored) {
        super(gzip);
        this.stored = stored;
        this.gzip = gzip;
    }

    /**
     * Begins to read.
     *
     * @param stored is closed with the file, or at once if it cannot be read
     * @param hash whether the hash will be asked for
     */
    static NdjsonInput of(InputStream stored, boolean hash) throws IOException {
        Stored measured = new Stored(stored, hash);
        ReceivedBytes in = new ReceivedBytes(measured);
        try {
            return in.arePacked() ? new NdjsonInput(new GzipInput(in), measured) : new NdjsonInput(in, measured);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    boolean isCompressed() {
        return gzip != null;
    }

    /** How many gzip members there were so far. */
    long members() {
        return gzip == null ? 0 : gzip.members();
    }

    /** Reads what may follow the content, and returns the size of the whole. */
    long storedBytes() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        return stored.count;
    }

    /** Reads what may follow the content, and returns the SHA-256 of the whole, in hexadecimal; only once. */
    String storedSha256() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(stored.getMessageDigest().digest());
    }

    /** Counts and hashes. */
    private static final class Stored extends DigestInputStream {
        private long count;

        Stored(InputStream in, boolean hash) {
            super(in, DigestUtils.getSha256Digest());
            on(hash);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count += next < 0 ? 0 : 1;
            return next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
