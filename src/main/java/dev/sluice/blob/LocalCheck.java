package dev.sluice.blob;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.files.DiskSpace;
import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the folder of the local storage can be written and has room. It creates no folder, which would belong to
 * the user of the command and not to that of the server.
 */
final class LocalCheck implements Check {
    private final Path root;
    private final DiskSpace space;

    LocalCheck(Path root, @Nullable Long kept) {
        this.root = root.toAbsolutePath().normalize();
        this.space = new DiskSpace(root, kept);
    }

    @Override
    public List<Finding> run() {
        try {
            if (!Files.isDirectory(root)) {
                return List.of(missing());
            }
            LocalFaults.translate("Cannot write to " + Quoted.of(root.toString()), this::probe);
            return List.of(
                    space.room() < 0
                            ? Finding.problem(
                                    Topic.STORAGE,
                                    "The folder " + root + " has no room for exports: " + space.describe() + ".",
                                    "Free some space, or lower sluice.storage.local.min-free.")
                            : Finding.ok(Topic.STORAGE, "The folder " + root + "; " + space.describe() + "."));
        } catch (BlobException | IOException e) {
            return List.of(
                    Finding.problem(
                            Topic.STORAGE,
                            String.valueOf(e.getMessage()),
                            "Run this command as the user of the server, and give this user the rights to write in the folder."));
        }
    }

    private Finding missing() {
        @Nullable Path above = root;
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        return above != null && Files.isDirectory(above) && Files.isWritable(above)
                ? Finding.ok(Topic.STORAGE, "The folder " + root + " does not exist yet; the server creates it.")
                : Finding.problem(
                        Topic.STORAGE,
                        "The folder " + root + " does not exist, and cannot be created in " + above + ".",
                        "Create it for the user of the server, or name another one in sluice.storage.local.root.");
    }

    /** No container can have the name of the file. */
    private void probe() throws IOException {
        Path file = root.resolve(".sluice-probe-" + UUID.randomUUID());
        try (FileChannel channel = PrivateFiles.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            channel.force(true);
            if (channel.read(ByteBuffer.allocate(1), 0) != 1) {
                throw new IOException("what was written is not there");
            }
        }
    }
}
