package dev.sluice.delta;

import dev.sluice.lake.TableSchema;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the tables that a container has after an export.
 *
 * @param named the tables that it has, also if they have no rows
 * @param others of every other table, which it has if it had rows once; null = it has no other
 */
public record TableSchemas(
        Map<String, TableSchema> named, @Nullable TableSchema others) {
    public TableSchemas {
        named = new TreeMap<>(named);
    }

    /** All tables have these columns, and exist from their first rows on. */
    static TableSchemas ofAll(TableSchema schema) {
        return new TableSchemas(Map.of(), schema);
    }

    /** Whether the container may have a table of this name. */
    boolean allows(String table) {
        return others != null || named.containsKey(table);
    }

    /** The columns of a table that it may have. */
    TableSchema of(String table) {
        TableSchema schema = named.containsKey(table) ? named.get(table) : others;
        if (schema == null) {
            throw new IllegalArgumentException("The export has no table " + table + ".");
        }
        return schema;
    }
}
