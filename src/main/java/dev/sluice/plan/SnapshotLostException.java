package dev.sluice.plan;

/** The rows of a snapshot are not what they must be. The export would be wrong, and trying again would not help. */
public final class SnapshotLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SnapshotLostException(String message) {
        super(message);
    }

    /**
     * The rows that were read are not those that the snapshot holds.
     *
     * @param planned how many rows the snapshot holds
     * @param place what they were read for, as part of a sentence; empty = the whole export
     * @param read how many rows were read
     */
    public static SnapshotLostException of(long planned, String place, long read) {
        return new SnapshotLostException("The snapshot holds " + planned + " rows" + place + ", but " + read
                + " were read. The export is given up, since it would be wrong; start it again. If the database was"
                + " restored from a backup in between, this is expected.");
    }
}
