package dev.sluice.soak;

/** What is measured of the server. */
enum Measure {
    RESIDENT("resident memory, MB", 1.05, 8),
    LIVE_HEAP("heap after a full collection, MB", 1.1, 12),
    THREADS("threads", 1.1, 5),
    FILES("open files", 1.1, 20),
    SOCKETS("open sockets", 1.1, 20),
    CONNECTIONS("connections of the database", 1.1, 8),
    TEMPORARY_FILES("open temporary files", 1.1, 20),
    TEMPORARY_MEGABYTES("open temporary files, MB", 1.1, 100),
    EXPORTED_MEGABYTES("files of exports, MB", 1.1, 100),
    DATABASE_MEGABYTES("database, MB", Double.NaN, Double.NaN),
    LIVENESS("slowest liveness, ms", Double.NaN, Double.NaN),
    LOAD("load average of the machine", Double.NaN, Double.NaN);

    private final String title;
    private final double factor;
    private final double more;

    Measure(String title, double factor, double more) {
        this.title = title;
        this.factor = factor;
        this.more = more;
    }

    String title() {
        return title;
    }

    /** Up to which median of the last quarter it has not grown, if this was the median of the second quarter. */
    double limit(double median) {
        return Math.max(median * factor, median + more);
    }
}
