package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks a gzip file of just one member, as HTTP clients do that read no other. */
public final class SingleMember {
    private static final int HEADER = 10;
    private static final int TRAILER = 8;

    private SingleMember() {}

    /** The content; fails unless the member is the whole file. */
    public static byte[] unpack(byte[] file) {
        assertThat(Arrays.copyOf(file, 4)).as("a plain header").containsExactly(0x1f, 0x8b, 8, 0);
        Inflater inflater = new Inflater(true);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try {
            inflater.setInput(file, HEADER, file.length - HEADER);
            byte[] buffer = new byte[1 << 16];
            for (int read = -1; read != 0; ) {
                read = inflater.inflate(buffer);
                content.write(buffer, 0, read);
            }
            assertThat(inflater.finished()).as("the member ends").isTrue();
            assertThat(inflater.getRemaining()).as("only its trailer follows").isEqualTo(TRAILER);
        } catch (DataFormatException damaged) {
            throw new AssertionError(damaged);
        } finally {
            inflater.end();
        }
        CRC32 crc = new CRC32();
        crc.update(content.toByteArray());
        ByteBuffer trailer =
                ByteBuffer.wrap(file, file.length - TRAILER, TRAILER).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(trailer.getInt()).as("CRC-32").isEqualTo((int) crc.getValue());
        assertThat(trailer.getInt()).as("length").isEqualTo(content.size());
        return content.toByteArray();
    }
}
