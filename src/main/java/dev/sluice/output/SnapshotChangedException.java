package dev.sluice.output;

/** The rows of a snapshot are not those that were planned. The export would be wrong, and writing it again would be too. */
public final class SnapshotChangedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param planned how many rows the snapshot holds
     * @param place what they were read for, as part of a sentence; empty = the whole export
     * @param read how many rows were read
     */
    public SnapshotChangedException(long planned, String place, long read) {
        super("The snapshot holds " + planned + " rows" + place + ", but " + read
                + " were read. The export is given up,"
                + " since it would be wrong; start it again. If the database was restored from a backup in between, this"
                + " is expected.");
    }
}
