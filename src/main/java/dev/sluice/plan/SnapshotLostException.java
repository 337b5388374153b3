package dev.sluice.plan;

import dev.sluice.fhir.Plural;

/**
 * Thrown if the rows that were read differ from the rows of the snapshot. The export would be wrong, and a retry would
 * not help.
 */
public final class SnapshotLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SnapshotLostException(String message) {
        super(message);
    }

    /**
     * The rows that were read are not those that the snapshot holds.
     *
     * @param planned the number of rows in the snapshot
     * @param place what the rows were read for, as part of a sentence; empty = the whole export
     * @param read the number of rows that were read
     */
    public static SnapshotLostException of(long planned, String place, long read) {
        return new SnapshotLostException("The snapshot holds " + Plural.of(planned, "row") + place + ", but " + read
                + (read == 1 ? " was" : " were")
                + " read. The export is given up, since it would be wrong; start it again. If the database was"
                + " restored from a backup in between, this is expected.");
    }
}
