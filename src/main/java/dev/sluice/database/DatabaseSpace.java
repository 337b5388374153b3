package dev.sluice.database;

import dev.sluice.fhir.FhirException;
import dev.sluice.files.DiskSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.commons.io.function.IOPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The disk of the embedded database. PostgreSQL stops when it cannot write its log, so nothing more is stored while little
 * is free. Exports stop writing files before that, so that what they take does not keep clients from writing.
 *
 * <p>Safe for use by any number of threads.
 */
public final class DatabaseSpace {
    private final @Nullable DiskSpace space;

    /** @param space null for a database whose disk is not known here */
    public DatabaseSpace(@Nullable DiskSpace space) {
        this.space = space;
    }

    /** The disk, if it is known here. */
    public Optional<DiskSpace> disk() {
        return Optional.ofNullable(space);
    }

    /**
     * Returns if more resources can be stored.
     *
     * @throws FhirException 503 otherwise
     */
    public void require() {
        require(DiskSpace::isLow, "more resources");
    }

    /**
     * Returns if working tables can be written. They stop earlier than resources, as the files of exports do.
     *
     * @throws FhirException 503 otherwise
     */
    public void requireForWork() {
        require(disk -> disk.room() < 0, "the working tables of an export");
    }

    private void require(IOPredicate<DiskSpace> full, String what) {
        try {
            if (space != null && full.test(space)) {
                throw FhirException.of(
                        503,
                        "transient",
                        "The database has no room for " + what + ": " + space.describe()
                                + ". Free some space, and send the request again.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The free space of the disk of the database is not known", e);
        }
    }
}
