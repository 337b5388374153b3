package dev.sluice.json;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
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
    private static final int BUFFER = 1 << 16;
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 1 << 1;
    private static final int EXTRA = 1 << 2;
    private static final int NAME = 1 << 3;
    private static final int COMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private final Inflater inflater = new Inflater(true);
    /** Of the header while it is read, then of the content. */
    private final CRC32 crc = new CRC32();

    private int at;
    private int filled;
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
        while (inMember || begin()) {
            int read = inflate(target, offset, length);
            if (read > 0) {
                crc.update(target, offset, read);
                return read;
            }
            if (inflater.finished()) {
                end();
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    /** Reads the header of the next member; false if the stream ends before it. */
    private boolean begin() throws IOException {
        if (at == filled && !fill()) {
            return false;
        }
        long start = before + at;
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
        long start = before + at;
        if (number() != crc.getValue()) {
            throw broken(start, "the checksum of the content before it is another one");
        }
        if (number() != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw broken(start, "the length of the content before it is another one");
        }
        inMember = false;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        if (at == filled && !fill()) {
            throw cutOff();
        }
        inflater.setInput(buffer, at, filled - at);
        try {
            return inflater.inflate(target, offset, length);
        } catch (DataFormatException e) {
            at = filled - inflater.getRemaining();
            throw broken(before + at, "what is compressed there is damaged (" + e.getMessage() + ")");
        } finally {
            at = filled - inflater.getRemaining();
        }
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
        if (at == filled && !fill()) {
            throw cutOff();
        }
        return buffer[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        before += filled;
        at = 0;
        filled = Math.max(in.read(buffer, 0, buffer.length), 0);
        return filled > 0;
    }

    private EOFException cutOff() {
        return new EOFException("it ends at byte " + (before + at) + ", in the middle of a gzip member");
    }

    private static ZipException broken(long position, String why) {
        return new ZipException("it breaks at byte " + position + ": " + why);
    }
}
