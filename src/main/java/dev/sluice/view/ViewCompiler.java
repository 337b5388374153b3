package dev.sluice.view;

import dev.sluice.r4.ElementModel;
import dev.sluice.view.PathExpression.RowIndex;
import dev.sluice.view.SelectionStep.ColumnStep;
import dev.sluice.view.ViewDefinition.ParsedView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a view: finds its columns and their types, and makes the steps that fill them. For one view.
 *
 * @see <a href="https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html#processing-algorithm">processing
 *     algorithm</a>
 */
final class ViewCompiler {
    private static final int MOST_COLUMNS = 2_000;

    /** Types of R4 are nested less deeply. */
    private static final int MOST_ROUNDS = 20;

    private final ParsedView view;
    private final FaultList faults;
    private final boolean withBeside;
    private final Map<String, Integer> slotOf = new LinkedHashMap<>();
    private final List<ViewColumn> columns = new ArrayList<>();
    private final List<Items> slots = new ArrayList<>();
    private final List<Evaluator> where = new ArrayList<>();
    private final SelectionStep rows;
    private boolean asksBeside;

    private ViewCompiler(ParsedView view, FaultList faults, boolean withBeside) {
        this.view = view;
        this.faults = faults;
        this.withBeside = withBeside;
        TypeSet root = TypeSet.of(ElementModel.of(view.resource()));
        conditions(root);
        Selection all = new Selection("", Selection.Over.ITSELF, List.of(), List.of(), view.selects(), List.of());
        this.rows = selection(all, root, null);
    }

    /** Compiles a view. What is wrong is in the list of faults; the rest is of use if nothing is. */
    static ViewCompiler compiled(ParsedView view, FaultList faults) {
        ViewCompiler usual = new ViewCompiler(view, faults, false);
        return faults.isEmpty() && usual.asksBeside ? new ViewCompiler(view, faults, true) : usual;
    }

    private void conditions(TypeSet root) {
        for (int i = 0; i < view.where().size(); i++) {
            String element = "where[" + i + "].path";
            CompiledPath path = path(view.where().get(i), root, element);
            String type = path.types().single();
            if (type != null && !type.equals("boolean")) {
                faults.add(element, "selects " + type + ", not boolean");
            }
            where.add(path.evaluator());
        }
    }

    /** The step that makes all rows. */
    SelectionStep rows() {
        return rows;
    }

    List<ViewColumn> columns() {
        return columns;
    }

    List<Evaluator> where() {
        return where;
    }

    /** Where the steps put the values of each column. */
    List<Items> slots() {
        return slots;
    }

    /** @param branch the columns of the first branch of a union, which the other ones must have; null = new ones */
    private SelectionStep selection(Selection selection, TypeSet self, @Nullable BranchColumns branch) {
        TypeSet types = self;
        TypeSet found = TypeSet.NOTHING;
        List<Evaluator> paths = new ArrayList<>();
        for (int i = 0; i < selection.paths().size(); i++) {
            boolean repeat = selection.over() == Selection.Over.REPEAT;
            String element = selection.element() + selection.over().property() + (repeat ? "[" + i + "]" : "");
            CompiledPath path = path(selection.paths().get(i), self, element);
            paths.add(path.evaluator());
            found = found.or(path.types());
        }
        if (selection.over() == Selection.Over.REPEAT) {
            types = repeated(selection.paths(), found);
        } else if (!paths.isEmpty()) {
            types = found;
        }
        List<ColumnStep> filled = new ArrayList<>();
        for (Selection.Column column : selection.columns()) {
            filled.add(column(column, types, branch));
        }
        List<SelectionStep> selects = new ArrayList<>();
        for (Selection inner : selection.selects()) {
            selects.add(selection(inner, types, branch));
        }
        return new SelectionStep(selection.over(), paths, filled, selects, union(selection.unionAll(), types, branch));
    }

    /** All types that are found if the paths are followed again and again from what they have found. */
    private TypeSet repeated(List<PathExpression> paths, TypeSet first) {
        ExpressionCompiler compiler =
                new ExpressionCompiler(ElementModel.of(view.resource()), withBeside, warning -> {});
        TypeSet found = first;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            TypeSet next = found;
            for (PathExpression path : paths) {
                next = next.or(typesFrom(compiler, path, found));
            }
            if (next.equals(found)) {
                return found;
            }
            found = next;
        }
        return TypeSet.UNKNOWN;
    }

    /** Nothing, if the path makes no sense there: it is only followed from where it does. */
    private static TypeSet typesFrom(ExpressionCompiler compiler, PathExpression path, TypeSet self) {
        try {
            return compiler.compile(path, self).types();
        } catch (PathFaultException e) {
            return TypeSet.NOTHING;
        }
    }

    private List<SelectionStep> union(List<Selection> branches, TypeSet self, @Nullable BranchColumns outer) {
        List<SelectionStep> steps = new ArrayList<>();
        int from = outer == null ? columns.size() : outer.next;
        int end = from;
        for (Selection branch : branches) {
            BranchColumns expected = steps.isEmpty() && outer == null ? null : new BranchColumns(from);
            steps.add(selection(branch, self, expected));
            int reached = expected == null ? columns.size() : expected.next;
            end = steps.size() == 1 ? reached : end;
            if (reached != end) {
                faults.add(
                        element(branch),
                        "has " + (reached - from) + " columns, and the first branch has " + (end - from)
                                + ": all branches must have the same");
            }
        }
        if (outer != null) {
            outer.next = end;
        }
        return steps;
    }

    private static String element(Selection selection) {
        return selection.element().substring(0, selection.element().length() - 1);
    }

    /** Which of the columns that exist the next one of a branch must be. */
    private static final class BranchColumns {
        private int next;

        BranchColumns(int next) {
            this.next = next;
        }
    }

    private ColumnStep column(Selection.Column column, TypeSet self, @Nullable BranchColumns branch) {
        CompiledPath path = path(column.path(), self, column.element() + "path");
        ViewColumn found = new ColumnTypes(faults).of(column, path.types());
        int slot = branch == null ? added(column, found) : matched(column, found, branch);
        return new ColumnStep(
                found,
                path.evaluator(),
                slots.isEmpty() ? new Items() : slots.get(slot),
                column.path() instanceof RowIndex);
    }

    private int added(Selection.Column column, ViewColumn found) {
        if (slotOf.putIfAbsent(found.name(), columns.size()) != null) {
            faults.add(column.element() + "name", "another column has the name '" + found.name() + "'");
        }
        if (columns.size() >= MOST_COLUMNS) {
            faults.add(column.element(), "the view has more than " + MOST_COLUMNS + " columns");
        }
        columns.add(found);
        slots.add(new Items());
        return columns.size() - 1;
    }

    private int matched(Selection.Column column, ViewColumn found, BranchColumns branch) {
        int slot = branch.next++;
        if (slot >= columns.size()) {
            return 0; // the union says that this branch has too many
        }
        ViewColumn first = columns.get(slot);
        if (!first.name().equals(found.name())) {
            faults.add(
                    column.element() + "name",
                    "is '" + found.name() + "', and the first branch has '" + first.name()
                            + "' here: all branches must have the same columns in the same order");
        } else if (!first.type().accepts(found.type()) || first.collection() != found.collection()) {
            faults.add(
                    column.element() + "type",
                    "is " + found.fhirType() + ", and the first branch has " + first.fhirType()
                            + ": all branches must have the same types");
        }
        return slot;
    }

    private CompiledPath path(PathExpression expression, TypeSet self, String element) {
        try {
            ExpressionCompiler compiler = new ExpressionCompiler(
                    ElementModel.of(view.resource()), withBeside, warning -> faults.warn(element, warning));
            CompiledPath path = compiler.compile(expression, self);
            asksBeside |= compiler.asksBeside();
            return path;
        } catch (PathFaultException e) {
            faults.add(element, String.valueOf(e.getMessage()));
            return new CompiledPath((focus, out) -> {}, TypeSet.UNKNOWN);
        }
    }
}
