package dev.sluice.blob;

import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/**
 * Writes a blob to a temporary file outside its container. The commit syncs the file, moves it into the container in
 * one step, and syncs the folder. Files of a killed process are therefore never visible as blobs.
 */
final class LocalSink implements BlockSink {
    private final String action;
    private final Path container;
    private final BlobPath path;
    private final Path temporary;
    private final DirectFile file;
    private final LongConsumer room;

    /**
     * @param container the folder of the container; it is not made if it is missing
     * @param room throws if so many more bytes do not fit
     */
    LocalSink(BlobPath path, Path container, Path temporary, LongConsumer room) throws IOException {
        this.action = "Cannot write " + Quoted.of(path.toString());
        this.container = container;
        this.path = path;
        this.temporary = temporary;
        this.file = new DirectFile(temporary);
        this.room = room;
    }

    @Override
    public boolean inOrder() {
        return true;
    }

    @Override
    public void store(int number, ByteBuffer content) {
        room.accept(content.remaining());
        LocalFaults.translate(action, () -> file.append(content));
    }

    @Override
    public void sync() {
        LocalFaults.translate(action, () -> {
            file.sync();
            file.close();
        });
    }

    @Override
    public Runnable commit(int count) {
        try {
            Path folder = makeFolders(container, path);
            Files.move(temporary, folder.resolve(path.name()), StandardCopyOption.ATOMIC_MOVE);
            return new Flush(folder);
        } catch (NoSuchFileException fault) {
            throw Files.isDirectory(container) && !Files.exists(temporary)
                    ? new BlobException(
                            BlobException.Reason.TRANSIENT, action + ": what was written of it was removed.", fault)
                    : LocalFaults.of(action, fault);
        } catch (IOException fault) {
            throw LocalFaults.of(action, fault);
        }
    }

    @Override
    public void abort() {
        LocalFaults.translate(action, () -> {
            file.close();
            Files.deleteIfExists(temporary);
        });
    }

    /**
     * Writes a blob unless it exists; false if it exists. The name of a complete and synced file becomes a second name of
     * it, which the file system does in one step, and for one caller only.
     *
     * @param temporary a name outside of the container, on the same file system
     */
    static boolean createIfAbsent(BlobPath path, Path container, Path temporary, byte[] content) throws IOException {
        try (FileChannel file = PrivateFiles.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                file.write(rest);
            }
            file.force(true);
            Path folder = makeFolders(container, path);
            Files.createLink(folder.resolve(path.name()), temporary);
            flushFolder(folder);
            return true;
        } catch (FileAlreadyExistsException exists) {
            if (!Files.isRegularFile(container.resolve(path.key()))) {
                throw exists;
            }
            return false;
        } catch (UnsupportedOperationException none) {
            throw new IOException("the file system has no hard links", none);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** One by one from the container on: a container that was deleted meanwhile must not come back. */
    private static Path makeFolders(Path container, BlobPath path) throws IOException {
        if (path.folder().isEmpty()) {
            return container;
        }
        Path folder = container;
        for (Path part : Path.of(path.folder())) {
            Path parent = folder;
            folder = parent.resolve(part);
            if (!Files.isDirectory(folder)) {
                makeFolder(parent, folder);
            }
        }
        return folder;
    }

    /** Makes a folder; false if it exists. */
    static boolean makeFolder(Path parent, Path folder) throws IOException {
        try {
            PrivateFiles.createFolder(folder);
        } catch (FileAlreadyExistsException made) {
            if (!Files.isDirectory(folder)) {
                throw made;
            }
            return false;
        }
        flushFolder(parent);
        return true;
    }

    /** Makes the names of the files in a folder durable. Equal records of several commits are run once. */
    private record Flush(Path folder) implements Runnable {
        @Override
        public void run() {
            LocalFaults.translate(
                    "Cannot write to " + Quoted.of(folder.getFileName().toString()), () -> flushFolder(folder));
        }
    }

    /** Makes the names in a folder survive a power failure; Windows has no such call and needs none. */
    private static void flushFolder(Path folder) throws IOException {
        if (folder.getFileSystem().getSeparator().equals("/")) {
            try (FileChannel names = PrivateFiles.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }
}
