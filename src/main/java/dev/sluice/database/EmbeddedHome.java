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
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of an embedded PostgreSQL server: its data, and beside them a lock, its password and its programs.
 *
 * @param data the folder of the data
 */
record EmbeddedHome(Path data) {
    private static final int PASSWORD_BYTES = 32;

    private static final Set<PosixFilePermission> WRITE_OF_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /**
     * Creates the folder above the data if it is missing.
     *
     * @throws IOException if other users can replace files in it; the message says what to do
     */
    static EmbeddedHome of(Path data) throws IOException {
        Path home = data.resolveSibling("");
        PrivateFiles.createFolders(home);
        @Nullable PosixFileAttributeView view = Files.getFileAttributeView(home, PosixFileAttributeView.class);
        if (view != null && !Collections.disjoint(view.readAttributes().permissions(), WRITE_OF_OTHERS)) {
            throw new IOException("other users can write in " + home + ", and so replace the programs there; name a"
                    + " folder that does not exist yet with --sluice.home=…, or run: chmod go-w " + home);
        }
        EmbeddedHome files = new EmbeddedHome(data);
        PrivateFiles.createFolders(files.programs());
        return files;
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
