package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gzip stream is read to its last byte, or refused with the place at which it breaks. */
class GzipInputTest {
    private static final byte[] ONE = gzip("the first member ".repeat(20));
    private static final byte[] TWO = gzip("and the second");

    @Test
    void allMembersAreRead() throws IOException {
        byte[] noise = new byte[500_000];
        new Random(1).nextBytes(noise);

        assertThat(text(ONE, TWO, gzip(""), ONE))
                .isEqualTo("the first member ".repeat(20) + "and the second" + "the first member ".repeat(20));
        assertThat(new GzipInput(new ByteArrayInputStream(gzip(noise))).readAllBytes())
                .isEqualTo(noise);
        assertThat(members(ONE)).isEqualTo(1);
        assertThat(members(ONE, TWO, gzip(""))).isEqualTo(3);
    }

    /** A stream that is cut off between two members is whole, as far as gzip can tell. */
    @Test
    void aStreamThatIsCutOffInAMemberIsRefusedWhereverThatIs() throws IOException {
        byte[] whole = join(ONE, TWO);
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length == ONE.length) {
                assertThat(text(cut)).hasSize(340);
            } else {
                assertThatThrownBy(() -> text(cut), "cut at %d", length)
                        .isInstanceOf(EOFException.class)
                        .hasMessage("it ends at byte " + length + ", in the middle of a gzip member");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\0", "\0\0\0\0\0\0\0\0\0\0\0\0", "\u001f", "x", "{\"resourceType\":\"Patient\"}"})
    void nothingMayStandBetweenMembersNorBehindThem(String other) {
        assertThatThrownBy(() -> text(ONE, other.getBytes(UTF_8), TWO))
                .isInstanceOf(ZipException.class)
                .hasMessage("it breaks at byte " + ONE.length + ": what follows the end of the content is not gzip");
        assertThatThrownBy(() -> text(ONE, TWO, other.getBytes(UTF_8)))
                .isInstanceOf(other.equals("\u001f") ? EOFException.class : ZipException.class)
                .hasMessageContaining("at byte " + (ONE.length + TWO.length + (other.equals("\u001f") ? 1 : 0)));
    }

    /** Apart from the time, system and hints in the headers, and what fills the last byte of the data. */
    @Test
    void eachBitOfTheStreamCounts() {
        byte[] whole = join(ONE, TWO);
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            int inMember = bit / 8 < ONE.length ? bit / 8 : bit / 8 - ONE.length;
            boolean free = (inMember >= 4 && inMember < 10)
                    || (inMember == 3 && bit % 8 == 0)
                    || inMember == (bit / 8 < ONE.length ? ONE : TWO).length - 9;
            byte[] changed = whole.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            if (!free) {
                assertThatThrownBy(
                                () -> text(changed), "bit %d of %d bytes, second at %d", bit, whole.length, ONE.length)
                        .isInstanceOfAny(ZipException.class, EOFException.class);
            }
        }
    }

    @Test
    void headersMayHaveAllThatGzipKnows() throws IOException {
        byte[] header = {0x1f, (byte) 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3, 2, 0, 'e', 'x', 'n', 0, 'c', 0};
        CRC32 crc = new CRC32();
        crc.update(header);
        byte[] checksum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        byte[] rest = Arrays.copyOfRange(TWO, 10, TWO.length);

        assertThat(text(ONE, header, checksum, rest)).endsWith("and the second");

        checksum[1]++;
        assertThatThrownBy(() -> text(ONE, header, checksum, rest))
                .hasMessage("it breaks at byte " + ONE.length + ": the checksum of the header there is another one");
    }

    @Test
    void whatIsToldNamesThePlaceAndTheReason() {
        byte[] damaged = join(ONE, TWO);
        damaged[ONE.length + TWO.length - 8]++;
        assertThatThrownBy(() -> text(damaged))
                .hasMessage("it breaks at byte " + (damaged.length - 8)
                        + ": the checksum of the content before it is another one");

        byte[] longer = join(ONE, TWO);
        longer[longer.length - 1]++;
        assertThatThrownBy(() -> text(longer)).hasMessageContaining("the length of the content before it");

        byte[] unknown = join(ONE, TWO);
        unknown[ONE.length + 2]++;
        assertThatThrownBy(() -> text(unknown)).hasMessageContaining("byte " + ONE.length + ": the header there has a");
    }

    private static long members(byte[]... parts) throws IOException {
        GzipInput in = new GzipInput(new ByteArrayInputStream(join(parts)));
        in.readAllBytes();
        return in.members();
    }

    /** Read in all sizes, from a stream that gives a byte at a time and never says that there are more. */
    private static String text(byte[]... parts) throws IOException {
        InputStream slow = new ByteArrayInputStream(join(parts)) {
            @Override
            public int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, 1));
            }

            @Override
            public int available() {
                return 0;
            }
        };
        try (GzipInput in = new GzipInput(slow)) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            text.write(in.readNBytes(1));
            for (int next = in.read(); next >= 0; next = in.read()) {
                text.write(next);
                text.write(in.readNBytes(100));
            }
            return text.toString(UTF_8);
        }
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] gzip(String text) {
        return gzip(text.getBytes(UTF_8));
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return member.toByteArray();
    }
}
