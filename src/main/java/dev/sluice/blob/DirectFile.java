package dev.sluice.blob;

import dev.sluice.files.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a new file by appending; large blocks bypass the page cache.
 *
 * <p>An export is written once and synced, and read later if at all: a copy of it in the page cache costs a second pass
 * over its bytes, and pushes out what PostgreSQL reads. Direct writes take whole disk blocks at aligned addresses only,
 * so the end of a file, and what is compressed, takes the common way; so does everything where the file system knows no
 * direct writes. Used by one thread at a time.
 */
final class DirectFile implements Closeable {
    /** Below this, in bytes, opening the file once more costs more than it saves. */
    private static final int LARGE = 1 << 20;

    static final Optional<OpenOption> DIRECT = directOption();

    private final Path path;
    private final FileChannel cached;
    private @Nullable FileChannel direct;
    private int blockSize;
    private long size;

    /** Makes the file; it must not exist. */
    DirectFile(Path path) throws IOException {
        this.path = path;
        this.cached = PrivateFiles.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void append(ByteBuffer content) throws IOException {
        if (content.remaining() >= LARGE && goesDirect()) {
            appendBlocks(content);
        }
        while (content.hasRemaining()) {
            size += cached.write(content, size);
        }
    }

    /** Whether direct writes are known to work here; the first call finds out. */
    private boolean goesDirect() {
        if (blockSize == 0) {
            try {
                blockSize = Math.toIntExact(Files.getFileStore(path).getBlockSize());
                direct = DIRECT.isPresent() ? PrivateFiles.open(path, StandardOpenOption.WRITE, DIRECT.get()) : null;
            } catch (IOException | RuntimeException unsupported) {
                blockSize = Math.max(blockSize, 1);
            }
        }
        return direct != null;
    }

    /**
     * Writes the whole blocks of the data. After an error the rest is written by the ordinary path, which reports the
     * error again.
     */
    private void appendBlocks(ByteBuffer content) throws IOException {
        FileChannel channel = direct;
        int end = content.limit();
        try {
            while (channel != null && isAligned(content) && end - content.position() >= blockSize) {
                content.limit(content.position() + (end - content.position()) / blockSize * blockSize);
                size += channel.write(content, size);
            }
        } catch (IOException fault) {
            closeDirect();
        } finally {
            content.limit(end);
        }
    }

    private boolean isAligned(ByteBuffer content) {
        return content.isDirect()
                && size % blockSize == 0
                && content.alignmentOffset(content.position(), blockSize) == 0;
    }

    /** Waits until the file is safe on disk. */
    void sync() throws IOException {
        cached.force(true);
    }

    @Override
    public void close() throws IOException {
        try {
            closeDirect();
        } finally {
            cached.close();
        }
    }

    /**
     * {@code ExtendedOpenOption.DIRECT}, which the JDK supports but newer compilers warn of; empty for a Java runtime
     * without the module jdk.unsupported.
     */
    private static Optional<OpenOption> directOption() {
        try {
            Object[] options =
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Stream.of(options)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException absent) {
            return Optional.empty();
        }
    }

    private void closeDirect() throws IOException {
        if (direct != null) {
            direct.close();
            direct = null;
        }
    }
}
