package dev.sluice.bulkimport;

/** What an import does with {@code versionId} and {@code lastUpdated} of its lines. */
enum ImportMeta {
    /** They stay as they came. */
    KEEP,
    /** The server gives new ones, as to what comes by REST; those that came only say what is newer. */
    ASSIGN
}
