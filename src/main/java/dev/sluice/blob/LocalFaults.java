package dev.sluice.blob;

import dev.sluice.blob.BlobException.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.function.IORunnable;
import org.apache.commons.io.function.IOSupplier;

/** Converts errors of the file system to problems that name the cause and the remedy. */
final class LocalFaults {
    /** The words of the C library; Java has no types for them. */
    private static final Map<String, String> PERMANENT = Map.of(
            "no hard links",
                    "the file system has no hard links, which tables of Delta Lake need: use another one, or Azure",
            "File too large",
                    "no file may become that large: raise the limit of this process (ulimit -f) or of the disk, or make"
                            + " smaller files",
            "Read-only file system", "the disk is mounted read-only: mount it writable",
            "File name too long", "the disk takes no name of that length",
            "Not a directory", "a file stands where a folder is needed: move it away",
            "Is a directory", "a folder stands where the file should be: move it away");

    private static final Map<String, String> FULL = Map.of(
            "No space left on device", "the disk is full: free some space",
            "Disk quota exceeded", "the disk quota is used up: raise it or free some space");

    private LocalFaults() {}

    /**
     * Does a work whose faults name the action.
     *
     * @param action such as {@code Cannot write 'daily/Patient-1.ndjson'}
     */
    static <T> T translate(String action, IOSupplier<T> work) {
        try {
            return work.get();
        } catch (IOException fault) {
            throw of(action, fault);
        }
    }

    static void translate(String action, IORunnable work) {
        translate(action, () -> {
            work.run();
            return true;
        });
    }

    /** @param action what was tried, such as {@code Cannot write 'daily/Patient-1.ndjson'} */
    static BlobException of(String action, IOException fault) {
        if (fault instanceof AccessDeniedException) {
            return permanent(action, "give the user who runs Sluice the right to read and write there", fault);
        }
        if (fault instanceof NoSuchFileException) {
            return permanent(
                    action,
                    "its container or folder is gone: start again, which creates it again, and keep it until all is written",
                    fault);
        }
        if (fault instanceof FileAlreadyExistsException || fault instanceof NotDirectoryException) {
            return permanent(action, "a file stands where a folder is needed: move it away", fault);
        }
        if (fault instanceof AtomicMoveNotSupportedException) {
            return permanent(action, "all containers must be on the same file system as their root", fault);
        }
        String message = String.valueOf(fault.getMessage());
        return known(PERMANENT, message)
                .map(advice -> permanent(action, advice, fault))
                .or(() -> known(FULL, message)
                        .map(advice -> new BlobException(Reason.FULL, action + ": " + advice + ".", fault)))
                .orElseGet(() -> new BlobException(Reason.TRANSIENT, action + ".", fault));
    }

    private static Optional<String> known(Map<String, String> advice, String message) {
        return advice.entrySet().stream()
                .filter(known -> message.contains(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static BlobException permanent(String action, String advice, IOException fault) {
        return new BlobException(Reason.PERMANENT, action + ": " + advice + ".", fault);
    }
}
