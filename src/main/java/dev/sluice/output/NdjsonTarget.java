package dev.sluice.output;

import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.DeflatedLines;
import dev.sluice.store.SealedLines;

/** Writes lines as NDJSON. */
final class NdjsonTarget implements LineTarget {
    private static final byte[] NEWLINE = {'\n'};

    private final BlobWriter file;

    NdjsonTarget(BlobWriter file) {
        this.file = file;
    }

    @Override
    public void line(byte[] buffer, int offset, int length) {
        part(buffer, offset, length);
        end();
    }

    @Override
    public void part(byte[] buffer, int offset, int length) {
        file.write(buffer, offset, length);
    }

    @Override
    public void end() {
        file.write(NEWLINE, 0, 1);
    }

    @Override
    public void lines(SealedLines sealed) {
        file.writeDeflated(
                new DeflatedLines(sealed.buffer(), sealed.offset(), sealed.length(), sealed.bytes(), sealed.crc32()));
    }

    @Override
    public void finish() {
        // NDJSON has no end
    }

    @Override
    public void close() {
        // the blob holds it all
    }
}
