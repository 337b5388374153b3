package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads the content of {@link DeflatedLines} data and verifies its checksum. Used by one thread. */
final class DeflatedReader implements AutoCloseable {
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private int left;
    private int crc;

    /** Goes to other data. */
    void begin(DeflatedLines data) {
        inflater.reset();
        inflater.setInput(data.buffer(), data.offset(), data.length());
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
            if (read == 0) {
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
        if (left < 0 || inflate(ByteBuffer.allocate(1)) > 0 || inflater.finished() || inflater.getRemaining() > 0) {
            throw DeflatedLines.damaged("it goes on after its end");
        }
        if ((int) checksum.getValue() != crc) {
            throw DeflatedLines.damaged("its checksum is another one");
        }
    }

    private int inflate(ByteBuffer target) {
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
