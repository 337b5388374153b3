package dev.sluice.json;

import dev.sluice.fhir.FhirException;
import dev.sluice.files.DiskSpace;
import dev.sluice.files.PrivateFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps content of any size until all of it has come, or until its receiver has taken all of it: the first megabyte in
 * memory, more in a temporary file. So a slow client holds little memory. A part of the disk is kept free.
 *
 * <p>On POSIX systems the file has no name from the time it is opened, and only its owner may read it; Windows deletes it
 * when its process ends. Nothing is left of it if the process is killed. For use by one thread.
 */
public final class Spool extends OutputStream {
    private static final int PART = 1 << 16;

    private final Path folder;
    private final DiskSpace space;
    private long checked;
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable FileChannel file;
    private long size;
    private long treeBytes;

    /** @param folder for the temporary file; created when it is needed */
    public Spool(Path folder) {
        this(folder, new DiskSpace(folder, null));
    }

    Spool(Path folder, DiskSpace space) {
        this.folder = folder;
        this.space = space;
    }

    /** Returns if temporary files can be written in this folder, which is created. */
    public static void check(Path folder) {
        try (Spool spool = new Spool(folder, new DiskSpace(folder, 0L));
                FileChannel file = spool.open()) {
            file.write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The folder " + folder + ", which is for temporary files, cannot be written (" + e
                            + "). Make it writable, or set sluice.home to another folder.",
                    e);
        }
    }

    /** The number of bytes in it. */
    public long size() {
        return size;
    }

    /** The heap that a tree of the content would take, if it is JSON; see {@link MemoryBudget#treeBytes}. */
    public long treeBytes() {
        return treeBytes;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        size += length;
        treeBytes += MemoryBudget.treeBytes(source, offset, length);
        if (size <= MemoryBudget.SMALL) {
            memory.write(source, offset, length);
            return;
        }
        if (size - checked > MemoryBudget.SMALL) {
            requireRoom();
            checked = size;
        }
        if (file == null) {
            file = open();
            writeFully(file, ByteBuffer.wrap(memory.toByteArray()));
            memory = new ByteArrayOutputStream(0);
        }
        writeFully(file, ByteBuffer.wrap(source, offset, length));
    }

    private void requireRoom() throws IOException {
        if (space.room() < 0) {
            throw FhirException.of(
                    503,
                    "transient",
                    "The server has no room for the temporary file of a large request: " + space.describe()
                            + ". Free some space, and send the request again.");
        }
    }

    /** Copies the content to an array that is large enough, starting at this index. */
    public void copyTo(byte[] target, int at) throws IOException {
        if (file == null) {
            System.arraycopy(memory.toByteArray(), 0, target, at, memory.size());
            return;
        }
        // In small parts, because a channel keeps direct memory of the size of the largest one.
        for (int read = 0, done = 0; done < size; done += read) {
            read = file.read(ByteBuffer.wrap(target, at + done, (int) Math.min(PART, size - done)), done);
            if (read < 0) {
                throw new EOFException("a temporary file is shorter than what was written to it");
            }
        }
    }

    /** The content, as a stream that ends with it. Only the last stream that was opened may be read. */
    public InputStream content() throws IOException {
        if (file == null) {
            return new ByteArrayInputStream(memory.toByteArray());
        }
        file.position(0);
        return BoundedInputStream.builder()
                .setInputStream(Channels.newInputStream(file))
                .setMaxCount(size)
                .setPropagateClose(false)
                .get();
    }

    /** Deletes the content. */
    @Override
    public void close() throws IOException {
        memory = new ByteArrayOutputStream(0);
        if (file != null) {
            file.close();
        }
    }

    private FileChannel open() throws IOException {
        PrivateFiles.createFolders(folder);
        return PrivateFiles.open(
                folder.resolve(UUID.randomUUID().toString()),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    private void writeFully(FileChannel file, ByteBuffer content) throws IOException {
        int end = content.limit();
        try {
            while (content.position() < end) {
                content.limit(Math.min(end, content.position() + PART));
                file.write(content);
            }
        } catch (IOException e) {
            requireRoom(); // others may have filled the disk since the last look
            throw e;
        }
    }
}
