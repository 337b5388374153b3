package dev.sluice.store;

/** Says which of two versions of a resource is newer: by number, then by time. */
final class VersionOrder {
    private VersionOrder() {}

    /**
     * Where an imported version is beside the latest one that is known: positive if it is newer, 0 if both have the same
     * number and time, negative if it is earlier. What nothing is known of comes later.
     */
    static int compare(Draft.Origin line, CurrentVersion latest) {
        if (!line.kept() && !latest.meta().isImported()) {
            return 1;
        }
        int known = latest.meta().orderVersionId();
        if (line.versionId() != 0 && known != 0 && line.versionId() != known) {
            return Integer.compare(line.versionId(), known);
        }
        return line.time() == null ? 1 : line.time().compareTo(latest.orderTime());
    }
}
