package dev.sluice.view;

import java.util.Set;
import java.util.stream.Collectors;

/** Decides the types of columns: what the view says, or else what the path tells. */
final class ColumnTypes {
    private final FaultList faults;

    ColumnTypes(FaultList faults) {
        this.faults = faults;
    }

    /** The column with its type. */
    ViewColumn of(Selection.Column column, TypeSet found) {
        Set<ViewColumnType> kinds =
                found.names().stream().map(ViewColumnType::of).collect(Collectors.toSet());
        String declared = column.type();
        if (declared == null) {
            return undeclared(column, found, kinds);
        }
        ViewColumnType type = ViewColumnType.of(declared);
        if (found.known() && !kinds.isEmpty() && kinds.stream().noneMatch(type::accepts)) {
            faults.add(
                    column.element() + "type",
                    "is " + declared + ", but the path selects " + String.join(" or ", found.names()));
        }
        return new ViewColumn(column.name(), declared, type, column.collection(), column.tags());
    }

    private ViewColumn undeclared(Selection.Column column, TypeSet found, Set<ViewColumnType> kinds) {
        if (kinds.contains(ViewColumnType.JSON)) {
            faults.add(
                    column.element() + "type",
                    "is missing: the path selects " + String.join(" or ", found.names())
                            + ", which is not primitive; name the type, or select a primitive element");
        } else if (kinds.size() > 1) {
            faults.add(
                    column.element() + "type",
                    "is missing: the path selects " + String.join(" or ", found.names()) + "; choose one by ofType()");
        }
        String single = found.single();
        String type = single != null
                ? single
                : kinds.isEmpty() ? "string" : found.names().iterator().next();
        return new ViewColumn(column.name(), type, ViewColumnType.of(type), column.collection(), column.tags());
    }
}
