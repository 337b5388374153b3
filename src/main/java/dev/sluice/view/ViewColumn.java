package dev.sluice.view;

import java.util.Map;

/**
 * A column of a view.
 *
 * @param fhirType the type of its values, as the view says or as its path tells; {@code string} if neither does
 * @param type how its values are represented
 * @param collection whether a row can have several values
 * @param tags what the view says beside, by name, such as {@code ansi/type}
 */
public record ViewColumn(
        String name, String fhirType, ViewColumnType type, boolean collection, Map<String, String> tags) {
    /** The tag that names the type of SQL. */
    public static final String SQL_TYPE = "ansi/type";

    public ViewColumn {
        tags = Map.copyOf(tags);
    }
}
