package dev.sluice.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * A stream of bytes that may be compressed by gzip. Three bytes can be pushed back, the length of a byte order mark.
 */
public final class GzipAwareInput extends PushbackInputStream {
    public GzipAwareInput(InputStream in) {
        super(in, 3);
    }

    /** Whether what comes next begins as gzip does; JSON never begins so. */
    public boolean isCompressed() throws IOException {
        byte[] begin = readNBytes(2);
        unread(begin);
        return begin.length == 2 && begin[0] == 0x1f && begin[1] == (byte) 0x8b;
    }
}
