package dev.sluice.json;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompresses a gzip stream with all its members. If any byte is not part of a valid member, it throws a {@link
 * ZipException}, and if the stream is truncated, an {@link EOFException}; both name the position.
 *
 * <p>{@link java.util.zip.GZIPInputStream} treats a damaged header of a later member, and any other data after a
 * member, as the end of the stream, and so loses the rest without an error. Zero bytes at the end are refused too,
 * because a file whose end was never written has them.
 *
 * <p>For use by one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
public final class GzipInput extends InputStream {
    private static final int BUFFER = 1 << 15;
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 1 << 1;
    private static final int EXTRA = 1 << 2;
    private static final int NAME = 1 << 3;
    private static final int COMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final byte[] received = new byte[BUFFER];

    /** Not in the heap, as {@link ZlibBuffers} says. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).limit(0);

    private final ByteBuffer content = ByteBuffer.allocateDirect(BUFFER).limit(0);
    private final Inflater inflater = new Inflater(true);
    /** Of the header while it is read, then of the content. */
    private final CRC32 crc = new CRC32();

    /** The bytes before the buffer. */
    private long before;

    private long members;
    private boolean inMember;

    /** A stream that begins as gzip does; it is read as far ahead as this one likes. */
    public GzipInput(InputStream in) {
        this.in = in;
    }

    /** How many members have begun. */
    public long members() {
        return members;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!content.hasRemaining() && (inMember || begin())) {
            inflate();
            if (!content.hasRemaining() && inflater.finished()) {
                end();
            }
        }
        if (!content.hasRemaining()) {
            return -1;
        }
        int read = Math.min(length, content.remaining());
        content.get(target, offset, read);
        return read;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    /** Reads the header of the next member; false if the stream ends before it. */
    private boolean begin() throws IOException {
        if (!buffer.hasRemaining() && !fill()) {
            return false;
        }
        long start = position();
        crc.reset();
        if (header() != 0x1f || header() != 0x8b) {
            throw broken(start, "what follows the end of the content is not gzip");
        }
        members++;
        int method = header();
        int flags = header();
        if (method != DEFLATE || (flags & RESERVED) != 0) {
            throw broken(start, "the header there has a method or flags that gzip does not know");
        }
        skipHeader(6);
        if ((flags & EXTRA) != 0) {
            skipHeader(header() | header() << 8);
        }
        skipText(flags & NAME);
        skipText(flags & COMMENT);
        if ((flags & HEADER_CRC) != 0) {
            int stated = (int) crc.getValue() & 0xffff;
            if (header() != (stated & 0xff) || header() != stated >> 8) {
                throw broken(start, "the checksum of the header there is another one");
            }
        }
        crc.reset();
        inflater.reset();
        inMember = true;
        return true;
    }

    private void end() throws IOException {
        long start = position();
        if (number() != crc.getValue()) {
            throw broken(start, "the checksum of the content before it is another one");
        }
        if (number() != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw broken(start, "the length of the content before it is another one");
        }
        inMember = false;
    }

    private void inflate() throws IOException {
        if (!buffer.hasRemaining() && !fill()) {
            throw cutOff();
        }
        inflater.setInput(buffer);
        try {
            inflater.inflate(content.clear());
        } catch (DataFormatException e) {
            content.limit(0);
            throw broken(position(), "what is compressed there is damaged (" + e.getMessage() + ")");
        }
        crc.update(content.flip());
        content.rewind();
    }

    private int header() throws IOException {
        int next = next();
        crc.update(next);
        return next;
    }

    private void skipHeader(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            header();
        }
    }

    /** Up to a zero byte, if the header has this text. */
    private void skipText(int flag) throws IOException {
        int next = flag == 0 ? 0 : header();
        while (next != 0) {
            next = header();
        }
    }

    private long number() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private int next() throws IOException {
        if (!buffer.hasRemaining() && !fill()) {
            throw cutOff();
        }
        return buffer.get() & 0xff;
    }

    private boolean fill() throws IOException {
        before += buffer.limit();
        buffer.clear().put(received, 0, Math.max(in.read(received), 0)).flip();
        return buffer.hasRemaining();
    }

    private long position() {
        return before + buffer.position();
    }

    private EOFException cutOff() {
        return new EOFException("it ends at byte " + position() + ", in the middle of a gzip member");
    }

    private static ZipException broken(long position, String why) {
        return new ZipException("it breaks at byte " + position + ": " + why);
    }
}
