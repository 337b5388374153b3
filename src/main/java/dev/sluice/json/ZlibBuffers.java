package dev.sluice.json;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses and decompresses by buffers outside of the heap, two for each thread.
 *
 * <p>While zlib reads or writes an array, JVMs before version 22 do not collect garbage. An allocation of a large array
 * that waits for other threads that do so fails after three attempts, although there is memory, and ends the process.
 *
 * @see <a href="https://openjdk.org/jeps/423">JEP 423</a>
 */
public final class ZlibBuffers {
    private static final int SIZE = 1 << 16;
    private static final ThreadLocal<ZlibBuffers> OF_THREAD = ThreadLocal.withInitial(ZlibBuffers::new);

    private final ByteBuffer in = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer out = ByteBuffer.allocateDirect(SIZE);
    private final byte[] copy = new byte[SIZE];

    private ZlibBuffers() {}

    /** Decompresses a part of an array until it ends or the target is full; returns the number of bytes in the target. */
    public static int inflate(Inflater inflater, byte[] source, int offset, int length, byte[] target)
            throws DataFormatException {
        ZlibBuffers buffers = OF_THREAD.get();
        int taken = 0;
        int filled = 0;
        while (filled < target.length && !inflater.finished()) {
            if (inflater.needsInput()) {
                int part = Math.min(SIZE, length - taken);
                buffers.in.clear().put(source, offset + taken, part).flip();
                inflater.setInput(buffers.in);
                taken += part;
            }
            int read = inflater.inflate(buffers.out.clear().limit(Math.min(SIZE, target.length - filled)));
            if (read == 0 && taken == length) {
                break;
            }
            buffers.out.flip().get(target, filled, read);
            filled += read;
        }
        return filled;
    }

    /** Compresses an array, and writes what is complete. */
    public static void deflate(Deflater deflater, byte[] source, OutputStream target) throws IOException {
        ZlibBuffers buffers = OF_THREAD.get();
        for (int taken = 0; taken < source.length; ) {
            int part = Math.min(SIZE, source.length - taken);
            deflater.setInput(buffers.in.clear().put(source, taken, part).flip());
            taken += part;
            while (!deflater.needsInput()) {
                buffers.write(deflater, Deflater.NO_FLUSH, target);
            }
        }
    }

    /** Writes all that was compressed, up to a byte boundary. */
    public static void flush(Deflater deflater, OutputStream target) throws IOException {
        ZlibBuffers buffers = OF_THREAD.get();
        while (buffers.write(deflater, Deflater.SYNC_FLUSH, target) == SIZE) {
            // There may be more.
        }
    }

    private int write(Deflater deflater, int flush, OutputStream target) throws IOException {
        int size = deflater.deflate(out.clear(), flush);
        out.flip().get(copy, 0, size);
        target.write(copy, 0, size);
        return size;
    }
}
