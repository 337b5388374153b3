package dev.sluice.files;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The space of the file system that holds a folder. A part of it is kept free, since a database whose file system is full
 * stops. Safe for use by any number of threads.
 */
public final class DiskSpace {
    private static final long GB = 1L << 30;
    private static final long MB = 1L << 20;

    /** A small volume keeps this part free and not a whole gigabyte. */
    private static final int SHARE = 20;

    private final Path folder;
    private final @Nullable Long kept;
    private volatile @Nullable FileStore known;

    /**
     * @param folder may be missing; it is not created
     * @param kept bytes to keep free; null = 1 GB, or a twentieth of the file system if that is less
     */
    public DiskSpace(Path folder, @Nullable Long kept) {
        this.folder = folder.toAbsolutePath().normalize();
        this.kept = kept;
    }

    /** The number of bytes that may still be written; negative if less is free than is to be kept free. */
    public long room() throws IOException {
        FileStore disk = disk();
        boolean unknown = disk.getTotalSpace() <= 0; // some network file systems do not tell
        return unknown ? Long.MAX_VALUE : disk.getUsableSpace() - kept(disk);
    }

    /** Whether half of what is to be kept free is used up. */
    public boolean isLow() throws IOException {
        return room() < -kept(disk()) / 2;
    }

    /** How much there is and how much is free; empty if the file system does not tell. */
    public Optional<Usage> usage() throws IOException {
        FileStore disk = disk();
        long size = disk.getTotalSpace();
        return size <= 0 ? Optional.empty() : Optional.of(new Usage(size, disk.getUsableSpace(), kept(disk)));
    }

    /**
     * The bytes of a file system.
     *
     * @param size all of them
     * @param free those that this process can use
     * @param kept those that are kept free
     */
    public record Usage(long size, long free, long kept) {}

    /** A sentence for people. */
    public String describe() throws IOException {
        FileStore disk = disk();
        return "the disk has " + text(disk.getUsableSpace()) + " free, of which " + text(kept(disk)) + " are kept free";
    }

    /** A number of bytes as people say it. */
    public static String text(long bytes) {
        return bytes >= 10 * GB ? bytes / GB + " GB" : bytes / MB + " MB";
    }

    private long kept(FileStore disk) throws IOException {
        return kept == null ? Math.min(GB, disk.getTotalSpace() / SHARE) : kept;
    }

    /** To find the file system of a folder takes longer than to ask it, so this is done once. */
    private FileStore disk() throws IOException {
        FileStore disk = known;
        if (disk == null) {
            disk = find();
            known = Files.exists(folder) ? disk : null;
        }
        return disk;
    }

    private FileStore find() throws IOException {
        Path existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return Files.getFileStore(existing);
    }
}
