package dev.sluice.lake;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The columns of a table, in their order. */
public record TableSchema(List<TableColumn> columns) {
    public TableSchema {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("A table has at least one column.");
        }
        Set<String> names = new HashSet<>();
        for (TableColumn column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("A table has two columns with the name '" + column.name() + "'.");
            }
        }
    }

    public static TableSchema of(TableColumn... columns) {
        return new TableSchema(List.of(columns));
    }

    /** The schema in the words of Parquet. */
    MessageType parquet() {
        return new MessageType("table", columns.stream().map(TableSchema::field).toArray(Type[]::new));
    }

    private static Type field(TableColumn column) {
        if (column.type() == ColumnType.STRING_LIST) {
            return (column.nullable() ? Types.optionalList() : Types.requiredList())
                    .requiredElement(column.type().primitive())
                    .as(column.type().logical())
                    .named(column.name());
        }
        return (column.nullable()
                        ? Types.optional(column.type().primitive())
                        : Types.required(column.type().primitive()))
                .as(column.type().logical())
                .named(column.name());
    }
}
