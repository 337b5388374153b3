package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class NdjsonFileTest {
    @Test
    void allMembersOfAPackedStreamAreReadHoweverSlowlyItComes() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String member : new String[] {"one\n", "two\n", "three\n"}) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(member.getBytes(StandardCharsets.UTF_8));
            }
        }

        NdjsonFile file = new NdjsonFile("slow", -1, () -> new Slow(packed.toByteArray()));

        try (InputStream in = file.open(
                false, new ProgressLine(new TerminalOutput(new PrintWriter(Writer.nullWriter())), "Reading", -1))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("one\ntwo\nthree\n");
        }
    }

    /** A byte at a time, and never one that is there already, as from a network. */
    private static final class Slow extends ByteArrayInputStream {
        Slow(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, 1));
        }

        @Override
        public int available() {
            return 0;
        }
    }
}
