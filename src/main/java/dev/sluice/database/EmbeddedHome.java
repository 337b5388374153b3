package dev.sluice.database;

import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of an embedded PostgreSQL server: its data, and beside them a lock, its password and its programs.
 *
 * @param data the folder of the data
 */
record EmbeddedHome(Path data) {
    private static final int PASSWORD_BYTES = 32;

    /**
     * Creates the folder above the data if it is missing.
     *
     * @throws IOException if other users can replace files in it; the message says what to do
     */
    static EmbeddedHome of(Path data) throws IOException {
        Path home = data.resolveSibling("");
        PrivateFiles.createFolders(home);
        @Nullable PosixFileAttributeView view = Files.getFileAttributeView(home, PosixFileAttributeView.class);
        if (view != null) {
            close(home, view);
        }
        EmbeddedHome files = new EmbeddedHome(data);
        PrivateFiles.createFolders(files.programs());
        return files;
    }

    /** Who can write in the folder can replace the programs. Some systems give new folders to a group by default. */
    private static void close(Path home, PosixFileAttributeView view) throws IOException {
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("every user of this machine can write in " + home
                    + "; name a folder of its own with --sluice.home=…");
        }
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            view.setPermissions(EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));
        }
    }

    Path lockFile() {
        return beside(".lock");
    }

    Path passwordFile() {
        return beside(".password");
    }

    /** In a folder of its own, since the library lets everybody write in the folder that it is given. */
    Path programs() {
        return beside("-programs").resolve("unpacked");
    }

    /**
     * The password of the server; a new one if there are no data yet. The caller holds the lock.
     *
     * @throws IllegalStateException if there are data without a password; the message says what to do
     */
    String password() throws IOException {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            if (!Files.exists(passwordFile())) {
                throw new IllegalStateException("The PostgreSQL in " + data + " has no password file " + passwordFile()
                        + ": a version of Sluice before 0.1.0 made it, which let every user of this machine in, or the"
                        + " file is lost; nothing was changed. Put the file back, or name another folder with"
                        + " --sluice.home=…. To keep the data of an earlier version, start that version again, and"
                        + " export them.");
            }
            return Files.readString(passwordFile(), StandardCharsets.US_ASCII).strip();
        }
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Files.deleteIfExists(passwordFile());
        try (FileChannel file =
                PrivateFiles.open(passwordFile(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(password.getBytes(StandardCharsets.US_ASCII)));
            file.force(true);
        }
        return password;
    }

    private Path beside(String suffix) {
        return data.resolveSibling(data.getFileName() + suffix);
    }
}
