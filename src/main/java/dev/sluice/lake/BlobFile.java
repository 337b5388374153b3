package dev.sluice.lake;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlob;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A blob as the file that Parquet reads. The end of it, which has the footer, is read once and kept; any other part is
 * read by a request of its own. For use by one thread.
 */
final class BlobFile implements InputFile {
    /** A footer is smaller than this, unless a file has very many groups of rows. */
    private static final int TAIL = 64 << 10;

    private final BlobStore blobs;
    private final BlobPath path;
    private final long length;
    private final long tailStart;
    private final byte[] tail;

    BlobFile(BlobStore blobs, BlobPath path, long length) throws IOException {
        this.blobs = blobs;
        this.path = path;
        this.length = length;
        this.tailStart = Math.max(0, length - TAIL);
        this.tail = new byte[(int) (length - tailStart)];
        fetch(tailStart, tail, 0, tail.length);
    }

    @Override
    public long getLength() {
        return length;
    }

    @Override
    public SeekableInputStream newStream() {
        return new Stream();
    }

    private void read(long position, byte[] target, int offset, int size) throws IOException {
        if (position >= tailStart) {
            int from = (int) (position - tailStart);
            if (size > tail.length - from) {
                throw new EOFException("The table " + path + " ends at its byte " + length + ".");
            }
            System.arraycopy(tail, from, target, offset, size);
        } else {
            fetch(position, target, offset, size);
        }
    }

    private void fetch(long position, byte[] target, int offset, int size) throws IOException {
        try (StoredBlob blob = blobs.open(path, position, size)) {
            if (blob.content().readNBytes(target, offset, size) < size) {
                throw new EOFException("The table " + path + " has " + blob.totalLength() + " bytes, and not " + length
                        + ": another program has changed it.");
            }
        }
    }

    private final class Stream extends SeekableInputStream {
        private long position;

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long to) {
            position = to;
        }

        @Override
        public int read() throws IOException {
            if (position >= length) {
                return -1;
            }
            byte[] one = new byte[1];
            readFully(one);
            return one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int size) throws IOException {
            int some = (int) Math.min(size, length - position);
            if (some <= 0) {
                return size == 0 ? 0 : -1;
            }
            readFully(target, offset, some);
            return some;
        }

        @Override
        public void readFully(byte[] target) throws IOException {
            readFully(target, 0, target.length);
        }

        @Override
        public void readFully(byte[] target, int offset, int size) throws IOException {
            BlobFile.this.read(position, target, offset, size);
            position += size;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int some = (int) Math.min(target.remaining(), length - position);
            if (some <= 0) {
                return target.hasRemaining() ? -1 : 0;
            }
            byte[] bytes = new byte[some];
            readFully(bytes);
            target.put(bytes);
            return some;
        }

        @Override
        public void readFully(ByteBuffer target) throws IOException {
            if (target.hasArray()) {
                int size = target.remaining();
                readFully(target.array(), target.arrayOffset() + target.position(), size);
                target.position(target.limit());
            } else {
                byte[] bytes = new byte[target.remaining()];
                readFully(bytes);
                target.put(bytes);
            }
        }
    }
}
