package dev.sluice;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.files.DiskSpace;
import dev.sluice.files.HomeFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks the disk of the home folder, which has the temporary files and the data of the embedded database. */
@Examines(Topic.DISK)
final class DiskCheck implements Check {
    private final Path home;
    private final DiskSpace space;

    DiskCheck(HomeFolder home) {
        this.home = home.folder().toAbsolutePath().normalize();
        this.space = new DiskSpace(home.folder(), null);
    }

    @Override
    public List<Finding> run() {
        try {
            return List.of(finding());
        } catch (IOException e) {
            throw new UncheckedIOException("The disk of sluice.home (" + home + ") cannot be looked at", e);
        }
    }

    private Finding finding() throws IOException {
        if (!canWrite(home)) {
            return Finding.problem(
                    Topic.DISK,
                    "The folder " + home + " cannot be written or created.",
                    "Run this command as the user of the server, and give this user the folder, or name another one in"
                            + " sluice.home.");
        }
        String text = "The folder " + home + " for temporary files: " + space.describe() + ".";
        return space.room() < 0
                ? Finding.problem(
                        Topic.DISK, text, "Free some space; large requests and exports are refused otherwise.")
                : Finding.ok(Topic.DISK, text);
    }

    /** A folder that does not exist is created in the one above it. */
    private static boolean canWrite(Path folder) {
        Path existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return Files.isDirectory(existing) && Files.isWritable(existing);
    }
}
