package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.sluice.fhir.FhirException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonReaderTest {
    private static final int MB = 1 << 20;

    @Test
    void linesAreCountedWithTheBlankOnesAndGivenWithoutThem() throws IOException {
        assertThat(read("a\n\nb\r\n  \n\tc")).containsExactly("1:a", "3:b\r", "5:\tc");
        assertThat(read("")).isEmpty();
        assertThat(read("\n\n")).isEmpty();
        assertThat(read("a\n")).containsExactly("1:a");
    }

    static LongStream seeds() {
        return new Random().longs(200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void linesOfAnyLengthAreTheSameHoweverTheyArrive(long seed) throws IOException {
        Random random = new Random(seed);
        int chunk = 1 + random.nextInt(random.nextBoolean() ? 20 : 200_000);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add((i + 1) + ":" + "é".repeat(1 + random.nextInt(random.nextInt(10) == 0 ? 300_000 : 100)));
        }
        String text = String.join("\n", lines).replaceAll("(?m)^\\d+:", "");

        assertThat(read(new FilterInputStream(new ByteArrayInputStream(text.getBytes(UTF_8))) {
                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        return super.read(buffer, offset, Math.min(length, chunk));
                    }
                }))
                .isEqualTo(lines);
    }

    /** A megabyte of gzip is a gigabyte of them. */
    @ParameterizedTest
    @ValueSource(chars = {'\n', 'x'})
    void endlessBlankLinesAndAnEndlessLineAreGivenUp(char endless) {
        NdjsonReader lines = new NdjsonReader(new InputStream() {
            private long left = 5L << 28;

            @Override
            public int read() {
                throw new AssertionError("read by the buffer");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                left -= length;
                assertThat(left).as("the reader reads on").isPositive();
                Arrays.fill(buffer, offset, offset + length, (byte) endless);
                return length;
            }
        });

        assertThatThrownBy(lines::next)
                .isInstanceOf(FhirException.class)
                .hasMessageContaining("too much of it is in blank lines");
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() throws IOException {
        List<InputStream> parts = new ArrayList<>();
        parts.add(text("first\n"));
        parts.addAll(megabytes(64));
        parts.add(text("\r\n"));
        parts.addAll(megabytes(150));
        parts.add(text("\nlast\n"));
        NdjsonReader reader = new NdjsonReader(new SequenceInputStream(Collections.enumeration(parts)), memory());

        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.tooLong()).isFalse();
        assertThat(reader.length()).isEqualTo(64 * MB + 1);
        assertThat(reader.next()).isTrue();
        assertThat(reader.tooLong()).isTrue();
        assertThat(reader.number()).isEqualTo(3);
        assertThat(reader.next()).isTrue();
        assertThat(reader.tooLong()).isFalse();
        assertThat(new String(reader.buffer(), reader.offset(), reader.length(), UTF_8))
                .isEqualTo("last");
        assertThat(reader.next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64, 65})
    void aLongLineTakesLittleMoreMemoryThanItself(int megabytes) throws IOException {
        NdjsonReader reader =
                new NdjsonReader(new SequenceInputStream(Collections.enumeration(megabytes(megabytes))), memory());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        assertThat(reader.next()).isTrue();

        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("all that was ever allocated, so the peak as well")
                .isBetween(64L * MB, 90L * MB);
        assertThat(reader.tooLong()).isEqualTo(megabytes > 64);
    }

    private static List<String> read(String text) throws IOException {
        return read(text(text));
    }

    private static List<String> read(InputStream in) throws IOException {
        NdjsonReader reader = new NdjsonReader(in, memory());
        List<String> lines = new ArrayList<>();
        while (reader.next()) {
            lines.add(reader.number() + ":" + new String(reader.buffer(), reader.offset(), reader.length(), UTF_8));
        }
        return lines;
    }

    private static List<ByteArrayInputStream> megabytes(int count) {
        byte[] megabyte = new byte[MB];
        Arrays.fill(megabyte, (byte) 'x');
        return Collections.nCopies(count, megabyte).stream()
                .map(ByteArrayInputStream::new)
                .toList();
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static MemoryBudget.Claim memory() {
        return MemoryBudget.forThisMachine().claim();
    }
}
