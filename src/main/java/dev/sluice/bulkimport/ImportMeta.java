package dev.sluice.bulkimport;

/** How an import treats {@code versionId} and {@code lastUpdated} of its lines. */
enum ImportMeta {
    /** They stay as they came. */
    KEEP,
    /** The server gives new ones, as to what comes by REST; those that came only say what is newer. */
    ASSIGN
}
