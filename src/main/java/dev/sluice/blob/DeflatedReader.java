package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads the content of {@link DeflatedLines} data and verifies its checksum. Used by one thread. */
final class DeflatedReader implements AutoCloseable {
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();

    /** Outside of the heap: JVMs before version 22 collect no garbage while zlib reads an array. */
    private final ByteBuffer input = ByteBuffer.allocateDirect(1 << 16);

    /** What follows the input. */
    private ByteBuffer compressed = ByteBuffer.allocate(0);

    private int left;
    private int crc;

    /** Goes to other data. */
    void begin(DeflatedLines data) {
        inflater.reset();
        compressed = ByteBuffer.wrap(data.buffer(), data.offset(), data.length());
        checksum.reset();
        left = data.contentBytes();
        crc = data.contentCrc32();
    }

    boolean hasMore() {
        return left > 0;
    }

    /** Reads into a buffer until it is full or the content at its end. */
    void read(ByteBuffer target) {
        int start = target.position();
        while (left > 0 && target.hasRemaining()) {
            int read = inflate(target);
            if (read == 0 && isAtEnd()) {
                throw DeflatedLines.damaged("it ends too early");
            }
            left -= read;
        }
        checksum.update(target.duplicate().flip().position(start));
        if (left <= 0) {
            end();
        }
    }

    private void end() {
        int more = inflate(ByteBuffer.allocate(1));
        while (more == 0 && !isAtEnd()) {
            more = inflate(ByteBuffer.allocate(1));
        }
        if (left < 0 || more > 0 || inflater.finished() || inflater.getRemaining() > 0) {
            throw DeflatedLines.damaged("it goes on after its end");
        }
        if ((int) checksum.getValue() != crc) {
            throw DeflatedLines.damaged("its checksum is another one");
        }
    }

    private boolean isAtEnd() {
        return inflater.finished() || !compressed.hasRemaining();
    }

    private int inflate(ByteBuffer target) {
        if (inflater.needsInput() && compressed.hasRemaining()) {
            int part = Math.min(input.capacity(), compressed.remaining());
            inflater.setInput(input.clear()
                    .put(compressed.slice(compressed.position(), part))
                    .flip());
            compressed.position(compressed.position() + part);
        }
        try {
            return inflater.inflate(target);
        } catch (DataFormatException e) {
            throw DeflatedLines.damaged(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
