package dev.sluice.view;

import dev.sluice.r4.OwnBases;
import dev.sluice.view.Selection.Over;
import java.util.List;

/**
 * Makes the rows of one part of a view. It fills its columns and then has the parts in it and behind it fill theirs, so that
 * no row is kept. For use by one thread.
 */
final class SelectionStep {
    /** An element that repeats itself would never end. */
    private static final int DEEPEST = 1_000;

    private final Over over;
    private final List<Evaluator> paths;
    private final List<ColumnStep> columns;
    private final List<SelectionStep> selects;
    private final List<SelectionStep> unionAll;
    private final Items found = new Items();
    private final Items self = new Items();
    private final Runnable[] parts;
    private int rowIndex;
    private Focus focus = new Focus(OwnBases.NONE);
    private Runnable next = () -> {};

    /**
     * A column and where its values go.
     *
     * @param isRowIndex whether it is {@code %rowIndex}, which is 0 also in a row without an element
     */
    record ColumnStep(ViewColumn column, Evaluator path, Items values, boolean isRowIndex) {
        void fill(Focus focus) {
            values.begin(focus);
            path.evaluate(focus, values);
            int size = values.size();
            if (size > 1 && !column.collection()) {
                throw new ViewRowException("the column '" + column.name() + "' has " + size
                        + " values; set its collection to true, or choose one, as by first()");
            }
            for (int i = 0; i < size; i++) {
                Object value = values.computed(i);
                int node = values.node(i);
                boolean fits = value != null
                        ? column.type().accepts(value)
                        : node < 0 || column.type().accepts(focus.tape, node);
                if (!fits) {
                    throw new ViewRowException("the column '" + column.name() + "' has a value that is no "
                            + column.fhirType() + "; correct its type, or choose values by ofType()");
                }
            }
        }
    }

    SelectionStep(
            Over over,
            List<Evaluator> paths,
            List<ColumnStep> columns,
            List<SelectionStep> selects,
            List<SelectionStep> unionAll) {
        this.over = over;
        this.paths = paths;
        this.columns = columns;
        this.selects = selects;
        this.unionAll = unionAll;
        this.parts = new Runnable[selects.size() + 1];
        for (int i = 0; i < parts.length; i++) {
            int part = i;
            parts[i] = () -> run(part);
        }
    }

    /** Makes the rows for the element in focus, and runs what follows for each of them. */
    void run(Focus where, Runnable then) {
        focus = where;
        next = then;
        int inherited = where.rowIndex();
        found.begin(where);
        switch (over) {
            case ITSELF -> found.addAll(where.self());
            case REPEAT -> repeat(where, where.self(), 0);
            default -> paths.get(0).evaluate(where, found);
        }
        for (int i = 0; i < found.size(); i++) {
            self.only(found, i);
            rowIndex = over == Over.ITSELF ? inherited : i;
            look();
            for (ColumnStep column : columns) {
                column.fill(where);
            }
            run(0);
        }
        if (found.isEmpty() && over == Over.EACH_OR_NULL) {
            clear(where);
            then.run();
        }
    }

    /** Has expressions evaluated for the element of this part. */
    private void look() {
        focus.self(self);
        focus.rowIndex(rowIndex);
    }

    private void run(int part) {
        look();
        if (part < selects.size()) {
            selects.get(part).run(focus, parts[part + 1]);
        } else if (unionAll.isEmpty()) {
            next.run();
        } else {
            for (SelectionStep branch : unionAll) {
                look();
                branch.run(focus, next);
            }
        }
    }

    private void repeat(Focus where, Items node, int depth) {
        if (depth > DEEPEST) {
            throw new ViewRowException("repeat leads to more than " + DEEPEST + " elements in each other");
        }
        for (Evaluator path : paths) {
            Items children = Items.of(where);
            where.self(node);
            path.evaluate(where, children);
            for (int i = 0; i < children.size(); i++) {
                found.add(children, i);
                repeat(where, new Items().only(children, i), depth + 1);
            }
        }
    }

    /** A row without an element. */
    private void clear(Focus where) {
        for (ColumnStep column : columns) {
            column.values().beginAsAbsent(where);
            if (column.isRowIndex()) {
                column.values().value(0);
            }
        }
        selects.forEach(select -> select.clear(where));
        unionAll.forEach(branch -> branch.clear(where));
    }
}
