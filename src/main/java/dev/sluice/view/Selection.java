package dev.sluice.view;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a view as it was parsed: columns, and parts in it, for each of some elements.
 *
 * @param element where it is in the view, such as {@code select[0]}
 * @param over for which elements it is repeated
 * @param paths those that find these elements; none if it is not repeated
 */
record Selection(
        String element,
        Over over,
        List<PathExpression> paths,
        List<Column> columns,
        List<Selection> selects,
        List<Selection> unionAll) {
    /** For which elements a part is repeated. */
    enum Over {
        /** The one element that the part around it is about. */
        ITSELF("select"),
        EACH("forEach"),
        EACH_OR_NULL("forEachOrNull"),
        REPEAT("repeat");

        private final String property;

        Over(String property) {
            this.property = property;
        }

        /** The property that says so. */
        String property() {
            return property;
        }
    }

    /**
     * A column as it was parsed.
     *
     * @param element where it is in the view
     * @param type null if the view does not say it
     */
    record Column(
            String element,
            String name,
            PathExpression path,
            @Nullable String type,
            boolean collection,
            Map<String, String> tags) {}

    Selection {
        paths = List.copyOf(paths);
        columns = List.copyOf(columns);
        selects = List.copyOf(selects);
        unionAll = List.copyOf(unionAll);
    }
}
