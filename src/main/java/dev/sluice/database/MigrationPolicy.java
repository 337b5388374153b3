package dev.sluice.database;

/** What a process does when the tables are not those of its version. */
public enum MigrationPolicy {
    /** It migrates them. */
    MIGRATE,
    /** It does not start: another process migrates them. So many workers that start at once change nothing. */
    CHECK
}
