package dev.sluice.output;

import dev.sluice.lake.ColumnType;
import dev.sluice.lake.TableColumn;
import dev.sluice.lake.TableSchema;

/** The columns of the tables of resources. */
public final class ResourceColumns {
    public static final TableSchema SCHEMA = TableSchema.of(
            TableColumn.of("id", ColumnType.STRING),
            TableColumn.of("patient", ColumnType.STRING),
            TableColumn.of("version_id", ColumnType.STRING),
            TableColumn.of("last_updated", ColumnType.TIMESTAMP),
            TableColumn.required("deleted", ColumnType.BOOLEAN),
            TableColumn.large("body"));

    /** The place of the column {@code id}. */
    public static final int ID = 0;

    private ResourceColumns() {}
}
