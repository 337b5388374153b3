package dev.sluice.store;

import java.util.UUID;

/**
 * A list of lines in a table of another package. Its columns are {@code attempt}; {@code seq}, the place of a line;
 * {@code head}, the block that the line is in; and {@code type} and {@code key}, by which the row is found.
 *
 * @param name the table
 * @param attempt the lines of this attempt are read
 */
public record LineTable(String name, UUID attempt) {}
