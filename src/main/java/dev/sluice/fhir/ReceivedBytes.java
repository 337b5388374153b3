package dev.sluice.fhir;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * Bytes that may be packed by gzip, in any number of members, for {@link java.util.zip.GZIPInputStream} to unpack. Three of
 * them can be pushed back, as many as a byte order mark has.
 *
 * <p>It waits for the next byte when it is asked whether there is one. The JDK's gzip takes "none yet" for "none ever"
 * between two members, and would end there.
 */
public final class ReceivedBytes extends PushbackInputStream {
    public ReceivedBytes(InputStream in) {
        super(in, 3);
    }

    /** Whether what comes next begins as gzip does; JSON never begins so. */
    public boolean arePacked() throws IOException {
        byte[] begin = readNBytes(2);
        unread(begin);
        return begin.length == 2 && begin[0] == 0x1f && begin[1] == (byte) 0x8b;
    }

    @Override
    public int available() throws IOException {
        int next = read();
        if (next < 0) {
            return 0;
        }
        unread(next);
        return 1;
    }
}
