package dev.sluice.blob;

import dev.sluice.blob.BlobException.Reason;
import dev.sluice.files.DiskSpace;
import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Stores blobs in the file system: containers are folders below a root. Unfinished files, and folders that are being
 * deleted, are in {@code .staging} beside the containers, a name that no container can have.
 *
 * <p>A file's encoding is read off its first two bytes: NDJSON never begins with those of gzip, and unlike a side file
 * they survive copying and restoring. A file whose name ends in {@code .gz} is what it says, without an encoding.
 */
final class LocalBlobStore implements BlobStore {
    private static final long MB = 1 << 20;
    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};

    private final Path root;
    private final DiskSpace space;
    private final LocalStaging staging;
    private final BlockPool pool;
    private final StorageOwnership ownership;

    /** @param kept bytes of the file system to keep free; null = by its size */
    LocalBlobStore(Path root, @Nullable Long kept, Clock clock, BlockPool pool, StorageOwnership ownership) {
        this.root = root.toAbsolutePath().normalize();
        this.space = new DiskSpace(root, kept);
        this.staging = new LocalStaging(this.root.resolve(".staging"), clock);
        this.pool = pool;
        this.ownership = ownership;
    }

    @Override
    public BlockWriter create(BlobPath path, Encoding encoding) {
        ownership.require();
        requireContainer(path.container());
        return LocalFaults.translate("Cannot write " + Quoted.of(path.toString()), () -> {
            LocalSink sink = new LocalSink(path, folder(path.container()), staging.newFile(path), this::requireRoom);
            return new BlockWriter(pool, sink, encoding);
        });
    }

    @Override
    public BlobBatch batch() {
        return new BlobBatch(this::create, pool.executor());
    }

    @Override
    public boolean createContainer(String container) {
        ownership.require();
        Path folder = folder(container);
        return LocalFaults.translate("Cannot create the container " + Quoted.of(container), () -> {
            PrivateFiles.createFolders(root);
            return LocalSink.makeFolder(root, folder);
        });
    }

    @Override
    public boolean hasContainer(String container) {
        return Files.isDirectory(folder(container));
    }

    @Override
    public StoredBlob open(BlobPath path, long offset, long length) {
        Path file = file(path);
        if (!Files.isRegularFile(file)) {
            throw new BlobException(Reason.NOT_FOUND, "There is no blob " + Quoted.of(path.toString()) + ".", null);
        }
        return LocalFaults.translate("Cannot read " + Quoted.of(path.toString()), () -> {
            FileChannel channel = PrivateFiles.open(file, StandardOpenOption.READ);
            try {
                long size = channel.size();
                long start = Math.min(offset, size);
                InputStream content = BoundedInputStream.builder()
                        .setInputStream(Channels.newInputStream(channel.position(start)))
                        .setMaxCount(Math.min(length, size - start))
                        .get();
                return new StoredBlob(content, size, isEncoded(path, channel) ? "gzip" : null, etag(file, size));
            } catch (IOException | RuntimeException fault) {
                channel.close();
                throw fault;
            }
        });
    }

    @Override
    public boolean exists(BlobPath path) {
        return Files.isRegularFile(file(path));
    }

    @Override
    public boolean createIfAbsent(BlobPath path, byte[] content) {
        ownership.require();
        requireContainer(path.container());
        requireRoom(content.length);
        return LocalFaults.translate(
                "Cannot write " + Quoted.of(path.toString()),
                () -> LocalSink.createIfAbsent(path, folder(path.container()), staging.newFile(path), content));
    }

    @Override
    public void delete(BlobPath path) {
        ownership.require();
        if (Files.isRegularFile(file(path), LinkOption.NOFOLLOW_LINKS)) {
            LocalFaults.translate(
                    "Cannot delete " + Quoted.of(path.toString()), () -> Files.deleteIfExists(file(path)));
        }
    }

    @Override
    public void deletePrefix(String container, String folder, Runnable check) {
        ownership.require();
        BlobPath.requireFolder(folder);
        Path path = folder(container).resolve(folder);
        check.run();
        LocalFaults.translate("Cannot empty " + Quoted.of(container + "/" + folder), () -> {
            if (folder.isEmpty()) {
                deleteContent(path);
                staging.deleteUnfinished(container);
            } else {
                deleteFolder(path);
                staging.deleteUnfinished(container, folder);
            }
        });
    }

    @Override
    public void deleteContainer(String container) {
        ownership.require();
        LocalFaults.translate("Cannot delete the container " + Quoted.of(container), () -> {
            deleteFolder(folder(container));
            staging.deleteUnfinished(container);
        });
    }

    @Override
    public void probe(String container) {
        requireContainer(container);
        StorageProbe.of(this, container);
    }

    @Override
    public Optional<DiskSpace> disk() {
        return Optional.of(space);
    }

    @Override
    public void requireRoom(long bytes) {
        LocalFaults.translate("Cannot look at the free space of the disk", () -> {
            if (space.room() < bytes) {
                throw new BlobException(
                        Reason.FULL,
                        "The storage has no room for " + (bytes < MB ? "more files" : DiskSpace.text(bytes)) + ": "
                                + space.describe()
                                + " (sluice.storage.local.min-free). Free some space, or delete exports that are not"
                                + " needed.",
                        null);
            }
        });
    }

    @Override
    public URI uri(BlobPath path) {
        return file(path).toUri();
    }

    @Override
    public URI signedUri(BlobPath path, Duration validity) {
        throw new BlobException(
                Reason.PERMANENT, "Files in a folder have no signed URLs: use sluice.storage.download=server.", null);
    }

    @Override
    public Optional<BlobPath> pathOf(URI url) {
        if (!"file".equalsIgnoreCase(url.getScheme())) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(url).normalize();
            Path base = file.startsWith(root) ? root : realRoot();
            if (!file.startsWith(base) || file.getNameCount() < base.getNameCount() + 2) {
                return Optional.empty();
            }
            Path relative = base.relativize(file);
            String key = relative.subpath(1, relative.getNameCount()).toString().replace('\\', '/');
            return Optional.of(BlobPath.of(relative.getName(0).toString(), key));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    /** The root without links; as it was given if it does not exist yet. */
    private Path realRoot() {
        try {
            return root.toRealPath();
        } catch (IOException e) {
            return root;
        }
    }

    @Override
    public String describe() {
        return "folder " + root;
    }

    @Override
    public void close() {
        pool.close();
    }

    private Path folder(String container) {
        return root.resolve(ContainerName.require(container));
    }

    private Path file(BlobPath path) {
        return root.resolve(path.container()).resolve(path.key());
    }

    private void requireContainer(String container) {
        if (!hasContainer(container)) {
            throw new BlobException(
                    Reason.PERMANENT,
                    "There is no container " + Quoted.of(container)
                            + " (any more): start again, which creates it again, and keep it until all is written.",
                    null);
        }
    }

    private void deleteContent(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.list(folder)) {
                for (Path path : all.toList()) {
                    staging.delete(path);
                }
            }
        }
    }

    /** A folder, and not a blob that happens to have its name. */
    private void deleteFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            staging.delete(folder);
        }
    }

    private static boolean isEncoded(BlobPath path, FileChannel channel) throws IOException {
        if (path.name().endsWith(".gz")) {
            return false;
        }
        ByteBuffer start = ByteBuffer.allocate(GZIP_MAGIC.length);
        channel.read(start, 0);
        return start.flip().equals(ByteBuffer.wrap(GZIP_MAGIC));
    }

    private static String etag(Path file, long size) throws IOException {
        long modified = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
        return "\"" + Long.toHexString(modified) + "-" + Long.toHexString(size) + "\"";
    }
}
