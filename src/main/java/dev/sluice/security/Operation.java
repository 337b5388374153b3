package dev.sluice.security;

/** What a caller needs a permission for beside its interactions with resources. */
public enum Operation {
    /** {@code $export}. The types that it gives are those that the caller may read and search. */
    EXPORT,
    /** {@code $import}: to create and update resources of all types. */
    IMPORT,
    /** To delete by {@code $import}, whose lines can be deletions. It allows nothing without {@link #IMPORT}. */
    IMPORT_DELETIONS,
    /** To see the jobs of all owners and how they stand, without their data. */
    VIEW,
    /** Metrics, the audit log, pauses and ends of the jobs of all owners, and the rest of what operates the server. */
    ADMINISTER
}
