package dev.sluice.blob;

import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.function.IOPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder for files that are not yet blobs, or no longer. Files of killed processes are removed with the folder for
 * which they were written, or after a week, when no running process can still write them.
 */
final class LocalStaging {
    private static final Logger log = LoggerFactory.getLogger(LocalStaging.class);
    /** No container can have it in its name. */
    private static final String MARK = "~";

    private static final Duration LEFTOVER = Duration.ofDays(7);

    private final Path folder;

    LocalStaging(Path folder, Clock clock) {
        this.folder = folder;
        sweep(clock.instant().minus(LEFTOVER));
    }

    /** A name for a new file that is to become this blob. */
    Path newFile(BlobPath path) throws IOException {
        return newFile(mark(path.container(), path.folder()));
    }

    /**
     * Moves a folder away in one step, so that no reader sees it half deleted, and then deletes its files. It need not
     * exist.
     */
    void delete(Path fileOrFolder) throws IOException {
        if (Files.exists(fileOrFolder, LinkOption.NOFOLLOW_LINKS)) {
            PathUtils.delete(Files.move(fileOrFolder, newFile(""), StandardCopyOption.ATOMIC_MOVE));
        }
    }

    /** Removes the unfinished files of a folder, including those of dead processes, but not of folders below it. */
    void deleteUnfinished(String container, String blobFolder) throws IOException {
        deleteMarked(mark(container, blobFolder));
    }

    /** Removes what is or was being written to a container. */
    void deleteUnfinished(String container) throws IOException {
        deleteMarked(container + MARK);
    }

    private Path newFile(String mark) throws IOException {
        PrivateFiles.createFolders(folder);
        return folder.resolve(mark + UUID.randomUUID());
    }

    /** Has a hash of the folder. If two folders have the same hash, which is rare, the deletion of unfinished files of one also
     * deletes those of the other, whose writer fails and is tried again. */
    private static String mark(String container, String blobFolder) {
        return container + MARK + String.format(Locale.ROOT, "%08x", blobFolder.hashCode()) + MARK;
    }

    private void deleteMarked(String mark) throws IOException {
        deleteIf(file -> String.valueOf(file.getFileName()).startsWith(mark));
    }

    private void sweep(Instant before) {
        try {
            deleteIf(file -> Files.getLastModifiedTime(file).toInstant().isBefore(before));
        } catch (IOException fault) {
            log.warn("What killed processes left in {} stays there until the next start", folder, fault);
        }
    }

    private void deleteIf(IOPredicate<Path> unwanted) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.list(folder)) {
                for (Path file : all.toList()) {
                    if (unwanted.test(file)) {
                        PathUtils.delete(file);
                    }
                }
            }
        }
    }
}
