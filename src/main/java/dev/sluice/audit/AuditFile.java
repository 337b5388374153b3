package dev.sluice.audit;

import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The file of events. It is opened for each, so that an operator can rename it at any time. */
final class AuditFile {
    private final Path path;

    AuditFile(Path path) {
        this.path = path;
    }

    static @Nullable AuditFile of(@Nullable Path path) {
        return path == null ? null : new AuditFile(path);
    }

    /** @param line with its end; one write, so that lines of several processes do not mix */
    synchronized void append(byte[] line) {
        try (FileChannel file = PrivateFiles.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The audit file " + path + " cannot be written", e);
        }
    }
}
