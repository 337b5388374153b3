package dev.sluice.files;

import java.nio.file.Path;

/**
 * The home folder, in which this process stores files that have no other configured location.
 *
 * @param folder it need not exist
 */
public record HomeFolder(Path folder) {
    /** The data of the embedded PostgreSQL. */
    public Path postgres() {
        return folder.resolve("postgres");
    }

    /** The temporary files of requests. */
    public Path temporaryFiles() {
        return folder.resolve("tmp");
    }
}
