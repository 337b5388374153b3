package dev.sluice.bulkclient;

import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file that is being downloaded, as {@code <name>.part}, with the bytes that the server sent. Beside it, {@code
 * <name>.etag} holds the validator by which the server recognises what these bytes are the beginning of.
 */
final class PartialFile {
    /** How many bytes are written before the free space is looked at again. */
    private static final long STEP = 64 << 20;

    /** The space that is left to others, and for what is written until the free space is looked at again. */
    private static final long RESERVE = 512 << 20;

    private final Path file;
    private final Path part;
    private final Path validator;
    private final Path plain;

    PartialFile(Path file) {
        this.file = file;
        this.part = beside(file, ".part");
        this.validator = beside(file, ".etag");
        this.plain = beside(file, ".plain");
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    Path file() {
        return file;
    }

    Path part() {
        return part;
    }

    /** Where the content is decompressed to. */
    Path plain() {
        return plain;
    }

    /** The bytes that are there; those without a validator are of no use. */
    long length() {
        try {
            return validator().isPresent() && Files.exists(part) ? Files.size(part) : 0;
        } catch (IOException e) {
            throw ExportFolder.unwritable(part, e);
        }
    }

    /** What identifies the content to the server. */
    Optional<String> validator() {
        try {
            return Files.exists(validator)
                    ? Optional.of(Files.readString(validator)).filter(text -> !text.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Begins with another content. The old bytes go before its validator comes, so that none stands for the other. */
    FileChannel begin(Optional<String> identity) {
        try {
            Files.deleteIfExists(validator);
            FileChannel channel = PrivateFiles.open(
                    part, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            if (identity.isPresent()) {
                ExportFolder.replace(validator, identity.get());
            }
            return channel;
        } catch (IOException e) {
            throw ExportFolder.unwritable(part, e);
        }
    }

    /** Goes on with the content that is there. */
    FileChannel append() {
        try {
            return PrivateFiles.open(part, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw ExportFolder.unwritable(part, e);
        }
    }

    void write(FileChannel channel, byte[] bytes, int length) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw ExportFolder.unwritable(part, e);
        }
    }

    /**
     * Throws before the disk is full. The server may send for ever, and other programs write there too.
     *
     * @param length what the file had before
     * @param added to it
     */
    void requireSpace(long length, long added) {
        if (length / STEP == (length + added) / STEP) {
            return;
        }
        try {
            if (Files.getFileStore(part).getUsableSpace() < RESERVE) {
                throw BulkClientException.failed("The download of " + file.getFileName() + " stops, because less than "
                        + (RESERVE >> 20) + " MB are free in " + file.getParent() + ".");
            }
        } catch (IOException e) {
            throw ExportFolder.unwritable(part, e);
        }
    }

    /** Forgets the bytes, so that the next attempt begins anew; with a name for people, they can be looked at. */
    void reject() {
        try {
            Files.deleteIfExists(validator);
            Files.deleteIfExists(plain);
            if (Files.exists(part)) {
                Files.move(part, beside(file, ".wrong"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw ExportFolder.unwritable(part, e);
        }
    }

    /** Gives the content its name: what was received, or what was decompressed of it. */
    void publish(boolean decompressed) {
        Path content = decompressed ? plain : part;
        try {
            try (FileChannel channel = PrivateFiles.open(content, StandardOpenOption.WRITE)) {
                channel.force(false); // a file with its name is complete, also after the machine stopped
            }
            Files.move(content, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            tidy();
        } catch (IOException e) {
            throw ExportFolder.unwritable(file, e);
        }
    }

    /** Removes what a complete file needs no longer. */
    void tidy() throws IOException {
        for (Path left : new Path[] {part, validator, plain, beside(file, ".wrong")}) {
            Files.deleteIfExists(left);
        }
    }
}
