package dev.sluice.view;

import dev.sluice.r4.ElementModel;
import dev.sluice.view.PathExpression.Binary;
import dev.sluice.view.PathExpression.Call;
import dev.sluice.view.PathExpression.Index;
import dev.sluice.view.PathExpression.Member;
import dev.sluice.view.PathExpression.Negation;
import dev.sluice.view.PathExpression.RowIndex;
import dev.sluice.view.PathExpression.TypeOperation;
import dev.sluice.view.SelectionStep.ColumnStep;
import dev.sluice.view.ViewDefinition.ParsedView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a view: finds its columns and their types, and makes the steps that fill them. For one view.
 *
 * @see <a href="https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html#processing-algorithm">processing
 *     algorithm</a>
 */
final class ViewCompiler {
    private static final int MOST_COLUMNS = 2_000;

    private final ParsedView view;
    private final FaultList faults;
    private final boolean withBeside;
    private final TypeSet root;
    private final Map<String, Integer> slotOf = new LinkedHashMap<>();
    private final List<ViewColumn> columns = new ArrayList<>();
    private final List<Items> slots = new ArrayList<>();
    private final List<Evaluator> where = new ArrayList<>();

    ViewCompiler(ParsedView view, FaultList faults) {
        this.view = view;
        this.faults = faults;
        this.root = TypeSet.of(ElementModel.of(view.resource()));
        this.withBeside = view.selects().stream().anyMatch(ViewCompiler::asksBeside)
                || view.where().stream().anyMatch(ViewCompiler::asksBeside);
    }

    /** The step that makes all rows. What is wrong is in the list of faults. */
    SelectionStep compile() {
        for (int i = 0; i < view.where().size(); i++) {
            String element = "where[" + i + "].path";
            CompiledPath path = path(view.where().get(i), root, element);
            String type = path.types().single();
            if (type != null && !type.equals("boolean")) {
                faults.add(element, "selects " + type + ", not boolean");
            }
            where.add(path.evaluator());
        }
        Selection all = new Selection("", Selection.Over.ITSELF, List.of(), List.of(), view.selects(), List.of());
        return selection(all, root, null);
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
        List<Evaluator> paths = new ArrayList<>();
        for (int i = 0; i < selection.paths().size(); i++) {
            boolean repeat = selection.over() == Selection.Over.REPEAT;
            String element = selection.element() + selection.over().property() + (repeat ? "[" + i + "]" : "");
            CompiledPath path = path(selection.paths().get(i), self, element);
            paths.add(path.evaluator());
            types = repeat ? TypeSet.UNKNOWN : path.types();
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

    private List<SelectionStep> union(List<Selection> branches, TypeSet self, @Nullable BranchColumns outer) {
        List<SelectionStep> steps = new ArrayList<>();
        int from = outer == null ? columns.size() : outer.next;
        for (Selection branch : branches) {
            if (steps.isEmpty() && outer == null) {
                steps.add(selection(branch, self, null));
                continue;
            }
            BranchColumns expected = new BranchColumns(from);
            steps.add(selection(branch, self, expected));
            if (outer != null) {
                outer.next = expected.next;
            } else if (expected.next != columns.size()) {
                faults.add(
                        element(branch),
                        "has " + (expected.next - from) + " columns, and the first branch has "
                                + (columns.size() - from) + ": all branches must have the same");
            }
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
            return 0;
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
            return new ExpressionCompiler(
                            ElementModel.of(view.resource()), withBeside, warning -> faults.warn(element, warning))
                    .compile(expression, self);
        } catch (PathFaultException e) {
            faults.add(element, String.valueOf(e.getMessage()));
            return new CompiledPath((focus, out) -> {}, TypeSet.UNKNOWN);
        }
    }

    private static boolean asksBeside(Selection selection) {
        return selection.paths().stream().anyMatch(ViewCompiler::asksBeside)
                || selection.columns().stream().anyMatch(column -> asksBeside(column.path()))
                || selection.selects().stream().anyMatch(ViewCompiler::asksBeside)
                || selection.unionAll().stream().anyMatch(ViewCompiler::asksBeside);
    }

    /** Whether an expression may ask for the id or the extensions of a primitive value. */
    private static boolean asksBeside(PathExpression expression) {
        if (expression instanceof Member member) {
            boolean isIdOfElement = member.name().equals("id") && member.source() instanceof Member;
            return member.name().equals("extension") || isIdOfElement || asksBeside(member.source());
        }
        if (expression instanceof Call call) {
            return call.function().equals("extension")
                    || Stream.concat(Stream.of(call.source()), call.arguments().stream())
                            .anyMatch(ViewCompiler::asksBeside);
        }
        if (expression instanceof Index index) {
            return asksBeside(index.source()) || asksBeside(index.index());
        }
        if (expression instanceof Binary binary) {
            return asksBeside(binary.left()) || asksBeside(binary.right());
        }
        if (expression instanceof Negation negation) {
            return asksBeside(negation.operand());
        }
        return expression instanceof TypeOperation operation && asksBeside(operation.source());
    }
}
