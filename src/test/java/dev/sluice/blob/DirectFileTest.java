package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is what was appended to it, whichever way the bytes went. */
class DirectFileTest {
    private static final int MIB = 1 << 20;
    private static final int SECTOR = 4096;

    @TempDir
    Path folder;

    private final Random random = new Random(7);
    private final ByteArrayOutputStream appended = new ByteArrayOutputStream();

    @Test
    void wholeBlocksAndTheRest() throws IOException {
        check(8 * MIB, 8 * MIB, 3 * MIB + 17);
    }

    @Test
    void aSmallFile() throws IOException {
        check(10);
    }

    @Test
    void noByte() throws IOException {
        check(0);
    }

    /** As compressed blocks come: after the first one, nothing is aligned any more. */
    @Test
    void blocksOfOddSizes() throws IOException {
        check(2 * MIB + 1, 2 * MIB, 2 * MIB + SECTOR, 4 * MIB - 1, SECTOR);
    }

    @Test
    void alignedAgain() throws IOException {
        check(2 * MIB + 1, SECTOR - 1, 2 * MIB, 1);
    }

    /** Memory that no direct write takes. */
    @Test
    void memoryAtOddAddresses() throws IOException {
        Path path = folder.resolve("odd");
        try (DirectFile file = new DirectFile(path)) {
            append(file, ByteBuffer.allocateDirect(2 * MIB + 1).alignedSlice(1).slice(1, 2 * MIB));
            append(file, ByteBuffer.allocate(2 * MIB));
            file.sync();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(appended.toByteArray());
    }

    @Test
    void thisJdkHasDirectWrites() {
        assertThat(DirectFile.DIRECT).isPresent();
    }

    private void check(int... sizes) throws IOException {
        Path path = folder.resolve("file");
        try (DirectFile file = new DirectFile(path)) {
            for (int size : sizes) {
                append(
                        file,
                        ByteBuffer.allocateDirect(size + 2 * SECTOR)
                                .alignedSlice(SECTOR)
                                .slice(0, size));
            }
            file.sync();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(appended.toByteArray());
    }

    private void append(DirectFile file, ByteBuffer buffer) throws IOException {
        byte[] bytes = new byte[buffer.remaining()];
        random.nextBytes(bytes);
        buffer.put(bytes).flip();
        appended.writeBytes(bytes);
        file.append(buffer.asReadOnlyBuffer());
        assertThat(buffer.remaining()).isEqualTo(bytes.length);
    }
}
