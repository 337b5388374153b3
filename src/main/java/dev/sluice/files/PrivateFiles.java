package dev.sluice.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Creates files and folders that only the user of this process can open, whatever the umask of the process is. On
 * Windows, a new file has the access list of its folder.
 */
public final class PrivateFiles {
    private static final FileAttribute<?>[] FOLDER = only("rwx------");
    private static final FileAttribute<?>[] FILE = only("rw-------");

    private PrivateFiles() {}

    /** Creates a folder and those above it, if they are missing. The permissions of existing folders do not change. */
    public static void createFolders(Path folder) throws IOException {
        Files.createDirectories(folder, FOLDER);
    }

    /**
     * Creates a folder.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder, FOLDER);
    }

    /** Opens a file, and creates it if one of the options says so. The permissions of an existing file do not change. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), FILE);
    }

    private static FileAttribute<?>[] only(String permissions) {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
