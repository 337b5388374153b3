package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** Compression outside of the heap. */
@IntegrationTest
class ZlibBuffersTest {
    private static final int MB = 1 << 20;
    private static final int ROUNDS = 200;

    @Test
    void whatIsCompressedIsDecompressed() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 400_000, 3 * MB}) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            Arrays.fill(content, 0, size / 2, (byte) 'x');
            byte[] deflated = deflate(content);
            byte[] target = new byte[size];

            assertThat(inflate(deflated, target)).isEqualTo(size);

            assertThat(target).isEqualTo(content);
            assertThat(inflate(deflated, new byte[size + 1])).isEqualTo(size);
            assertThat(inflate(Arrays.copyOf(deflated, deflated.length / 2), target))
                    .isLessThanOrEqualTo(size);
        }
    }

    /** A JVM before version 22 ends if it cannot collect garbage because of zlib when it needs room for a large array. */
    @Test
    void largeArraysFindRoomWhileOtherThreadsCompress() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ZlibBuffersTest.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).as(output).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Allocates large arrays while other threads compress, decompress and replace 60 MB of small arrays. */
    public static void main(String[] arguments) throws IOException {
        byte[] zeros = new byte[30 * MB];
        byte[] deflated = deflate(zeros);
        byte[] gzip = gzip(zeros);
        byte[] text = new byte[MB];
        byte[][] small = new byte[60_000][];
        SplittableRandom random = new SplittableRandom(1);
        repeat(() -> inflate(deflated, text));
        repeat(() -> deflate(text).length);
        repeat(() -> read(gzip));
        repeat(() -> read(gzip));
        repeat(() -> {
            small[random.nextInt(small.length)] = new byte[1_000];
            return 0;
        });
        repeat(() -> new byte[16 * MB].length);
        int allocated = 0;
        for (int i = 0; i < ROUNDS; i++) {
            allocated += new byte[40 * MB].length / MB;
        }
        System.exit(allocated == ROUNDS * 40 ? 0 : 1);
    }

    private static void repeat(Callable<Integer> use) {
        Thread thread = new Thread(() -> {
            try {
                while (use.call() >= 0) {
                    // again
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static int read(byte[] gzip) throws IOException {
        try (InputStream in = new GzipInput(new ByteArrayInputStream(gzip))) {
            return (int) in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(content);
        }
        return compressed.toByteArray();
    }

    private static byte[] deflate(byte[] content) throws IOException {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            ByteArrayOutputStream deflated = new ByteArrayOutputStream();
            ZlibBuffers.deflate(deflater, content, deflated);
            ZlibBuffers.flush(deflater, deflated);
            return deflated.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static int inflate(byte[] deflated, byte[] target) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        try {
            return ZlibBuffers.inflate(inflater, deflated, 0, deflated.length, target);
        } finally {
            inflater.end();
        }
    }
}
