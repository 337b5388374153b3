package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.ColumnType;
import dev.sluice.lake.TableColumn;
import dev.sluice.lake.TableSchema;
import dev.sluice.plan.ViewOutput.PlannedView;
import dev.sluice.view.ViewColumn;
import dev.sluice.view.ViewDefinition;
import java.util.List;

/** The columns of the tables of views. */
public final class ViewColumns {
    private ViewColumns() {}

    /** The columns of the table of a view, each of the type that is nearest to the one of FHIR. */
    public static TableSchema schema(PlannedView view) {
        return schema(definition(view).columns());
    }

    static TableSchema schema(List<ViewColumn> columns) {
        return new TableSchema(columns.stream()
                .map(column -> TableColumn.of(column.name(), type(column)))
                .toList());
    }

    static ViewDefinition definition(PlannedView view) {
        return ViewDefinition.of(FhirJson.parseObject(view.definition().getBytes(UTF_8)));
    }

    private static ColumnType type(ViewColumn column) {
        return switch (column.type()) {
            case STRING, BINARY -> column.collection() ? ColumnType.STRING_LIST : ColumnType.STRING;
            case INSTANT -> column.collection() ? ColumnType.STRING_LIST : ColumnType.TIMESTAMP;
            case BOOLEAN -> column.collection() ? ColumnType.STRING : ColumnType.BOOLEAN;
            case INTEGER -> column.collection() ? ColumnType.STRING : ColumnType.INT;
            case LONG -> column.collection() ? ColumnType.STRING : ColumnType.LONG;
            case DECIMAL -> column.collection() ? ColumnType.STRING : ColumnType.DOUBLE;
            case JSON -> ColumnType.STRING;
        };
    }
}
