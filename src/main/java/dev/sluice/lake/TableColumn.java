package dev.sluice.lake;

/**
 * A column of a table.
 *
 * @param name the name, unique in its table
 * @param type the type of its values
 * @param nullable whether a row may have no value
 * @param large whether its values are long texts that are all different: they get neither a dictionary nor statistics,
 *     which would only cost time and space
 */
public record TableColumn(String name, ColumnType type, boolean nullable, boolean large) {
    /** A column whose rows may have no value. */
    public static TableColumn of(String name, ColumnType type) {
        return new TableColumn(name, type, true, false);
    }

    /** A column of which each row has a value. */
    public static TableColumn required(String name, ColumnType type) {
        return new TableColumn(name, type, false, false);
    }

    /** A column of long texts. */
    public static TableColumn large(String name) {
        return new TableColumn(name, ColumnType.STRING, true, true);
    }
}
