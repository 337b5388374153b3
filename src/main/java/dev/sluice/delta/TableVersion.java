package dev.sluice.delta;

/**
 * The version of a table that an export has committed.
 *
 * @param table the name of the table, which is that of its folder
 */
public record TableVersion(String table, long version) {}
