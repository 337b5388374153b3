package dev.sluice.delta;

/**
 * A file that belongs to a version of a table.
 *
 * @param path relative to the folder of the table
 */
record DataFile(String path, long bytes, long rows) {}
