package dev.sluice.security;

/** What a caller needs a permission for beside its interactions with resources. */
public enum Operation {
    /** {@code $export}. The types that it gives are those that the caller may read and search. */
    EXPORT,
    /** {@code $import}. */
    IMPORT,
    /** Metrics, the audit log, and the rest of what operates the server. */
    ADMINISTER
}
