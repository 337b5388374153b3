package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;

/**
 * One file of NDJSON, wherever it lies; it can be read any number of times.
 *
 * <p>What begins as gzip does is unpacked, whatever its name or headers are: JSON never begins so, and tools that
 * download a blob with {@code Content-Encoding: gzip} keep the encoding and lose the header.
 *
 * @param name as it is shown
 */
record NdjsonFile(String name, Content content) {
    private static final int BUFFER = 1 << 16;

    /** Where the bytes come from. A file that is not there is a {@link java.nio.file.NoSuchFileException}. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }

    /** The content without compression, for the caller to close. */
    InputStream open() throws IOException {
        Waiting in = new Waiting(content.open());
        try {
            byte[] first = in.readNBytes(2);
            in.unread(first);
            boolean packed = first.length == 2 && first[0] == 0x1f && first[1] == (byte) 0x8b;
            return packed ? new GZIPInputStream(in, BUFFER) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Waits for the next byte when it is asked whether there is one. The JDK's gzip takes "none yet" for "none ever"
     * between two members, and would end there.
     */
    private static final class Waiting extends PushbackInputStream {
        Waiting(InputStream in) {
            super(in, 2);
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
}
