package dev.sluice.view;

import dev.sluice.fhir.Suggestions;
import dev.sluice.r4.ElementModel;
import dev.sluice.view.PathExpression.Binary;
import dev.sluice.view.PathExpression.Call;
import dev.sluice.view.PathExpression.Index;
import dev.sluice.view.PathExpression.Literal;
import dev.sluice.view.PathExpression.Member;
import dev.sluice.view.PathExpression.Negation;
import dev.sluice.view.PathExpression.Position;
import dev.sluice.view.PathExpression.Root;
import dev.sluice.view.PathExpression.RowIndex;
import dev.sluice.view.PathExpression.This;
import dev.sluice.view.PathExpression.TypeOperation;
import java.math.BigDecimal;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.lang3.StringUtils;

/** Compiles expressions of one view to evaluators. What it makes is for use by one thread. */
final class ExpressionCompiler {
    private static final Set<String> FHIR_PREFIXES = Set.of("FHIR.", "System.");

    private final ElementModel resource;
    private final boolean withBeside;
    private final Consumer<String> warnings;
    private boolean asksBeside;

    /**
     * @param withBeside whether something in the view asks for ids or extensions of primitive values
     * @param warnings takes what is valid and hardly meant, such as a name that is no element
     */
    ExpressionCompiler(ElementModel resource, boolean withBeside, Consumer<String> warnings) {
        this.resource = resource;
        this.withBeside = withBeside;
        this.warnings = warnings;
    }

    /** Whether something that was compiled may ask for the id or the extensions of a primitive value. */
    boolean asksBeside() {
        return asksBeside;
    }

    /** Says that something asks for a child of these elements. */
    void ask(TypeSet elements, String child) {
        asksBeside |= elements.mayBePrimitive() && (child.equals("id") || child.equals("extension"));
    }

    /**
     * Compiles an expression.
     *
     * @param self the types of {@code $this}
     * @throws PathFaultException if it is not supported
     */
    CompiledPath compile(PathExpression expression, TypeSet self) {
        if (expression instanceof Member member) {
            return member(member, self);
        }
        if (expression instanceof Call call) {
            return new FunctionCompiler(this, self).compile(call);
        }
        if (expression instanceof Index index) {
            return index(index, self);
        }
        if (expression instanceof Binary binary) {
            return OperatorCompiler.compile(
                    binary.operator(), compile(binary.left(), self), compile(binary.right(), self), binary.right());
        }
        if (expression instanceof TypeOperation operation) {
            return typeOperation(operation, self);
        }
        if (expression instanceof Negation negation) {
            return negation(compile(negation.operand(), self));
        }
        return start(expression, self);
    }

    private CompiledPath start(PathExpression expression, TypeSet self) {
        if (expression instanceof Literal literal) {
            Object value = literal.value();
            return new CompiledPath((focus, out) -> out.value(value), TypeSet.of(typeOf(value)));
        }
        if (expression instanceof This) {
            return new CompiledPath((focus, out) -> out.addAll(focus.self()), self);
        }
        if (expression instanceof Root) {
            return new CompiledPath((focus, out) -> out.addAll(focus.root), TypeSet.of(resource));
        }
        if (expression instanceof RowIndex) {
            return new CompiledPath((focus, out) -> out.value(focus.rowIndex()), TypeSet.INTEGER);
        }
        if (expression instanceof Position) {
            return new CompiledPath((focus, out) -> out.value(focus.position()), TypeSet.INTEGER);
        }
        return new CompiledPath((focus, out) -> {}, TypeSet.NOTHING); // {}
    }

    static String typeOf(Object value) {
        if (value instanceof TemporalValue time) {
            return switch (time.kind()) {
                case DATE -> "date";
                case DATE_TIME -> "dateTime";
                case TIME -> "time";
            };
        }
        return value instanceof Boolean
                ? "boolean"
                : value instanceof Integer ? "integer" : value instanceof BigDecimal ? "decimal" : "string";
    }

    private CompiledPath member(Member member, TypeSet self) {
        CompiledPath source = compile(member.source(), self);
        boolean isType = member.source() instanceof This
                && self.models().stream().anyMatch(model -> model.name().equals(member.name()));
        if (isType || (member.source() instanceof This && self.models().contains(resource) && isRootType(member))) {
            return source;
        }
        ask(source.types(), member.name());
        TypeSet types = source.types().member(member.name());
        if (types.isNothing() && !source.types().isNothing()) {
            warnings.accept("'" + member.name() + "' is no element of "
                    + String.join(" or ", source.types().names()));
        }
        return new CompiledPath(new MemberStep(source.evaluator(), member.name(), null, withBeside), types);
    }

    private static boolean isRootType(Member member) {
        return Set.of("Resource", "DomainResource").contains(member.name());
    }

    private CompiledPath index(Index index, TypeSet self) {
        CompiledPath source = compile(index.source(), self);
        CompiledPath place = compile(index.index(), self);
        Items all = new Items();
        Items number = new Items();
        Evaluator evaluator = (focus, out) -> {
            number.begin(focus);
            place.evaluator().evaluate(focus, number);
            if (!(SystemValues.single(focus, number, "an index") instanceof Integer at)) {
                return;
            }
            all.begin(focus);
            source.evaluator().evaluate(focus, all);
            if (at >= 0 && at < all.size()) {
                out.add(all, at);
            }
        };
        return new CompiledPath(evaluator, source.types());
    }

    private CompiledPath typeOperation(TypeOperation operation, TypeSet self) {
        String type = typeName(operation.type());
        CompiledPath source = compile(operation.source(), self);
        return operation.operator().equals("as") ? ofType(source, type) : is(source, type);
    }

    /** Whether the only item is of a type. */
    CompiledPath is(CompiledPath source, String type) {
        typed(source, type);
        Items items = new Items();
        Evaluator evaluator = (focus, out) -> {
            items.begin(focus);
            source.evaluator().evaluate(focus, items);
            SystemValues.requireSingle(items, "'is'");
            if (!items.isEmpty()) {
                out.value(isOfType(items, 0, type));
            }
        };
        return new CompiledPath(evaluator, TypeSet.BOOLEAN);
    }

    /** The items of one type. A choice such as {@code value} is read only where it has this type. */
    CompiledPath ofType(CompiledPath source, String type) {
        TypeSet types = typed(source, type);
        if (source.evaluator() instanceof MemberStep step && !step.hasType()) {
            return new CompiledPath(step.ofType(type), types);
        }
        Items items = new Items();
        Evaluator evaluator = (focus, out) -> {
            items.begin(focus);
            source.evaluator().evaluate(focus, items);
            for (int i = 0; i < items.size(); i++) {
                if (isOfType(items, i, type)) {
                    out.add(items, i);
                }
            }
        };
        return new CompiledPath(evaluator, types);
    }

    /** The types of those items that are of a type. */
    private TypeSet typed(CompiledPath source, String type) {
        if (!TypeSet.isType(type)) {
            throw new PathFaultException("there is no type '" + StringUtils.abbreviate(type, 40) + "'"
                    + Suggestions.advice(type, source.types().names()));
        }
        TypeSet types = source.types().ofType(type);
        if (types.isNothing() && !source.types().isNothing()) {
            warnings.accept("no value is of the type " + type + ", since the path selects "
                    + String.join(" or ", source.types().names()));
        }
        return types;
    }

    private static boolean isOfType(Items items, int i, String type) {
        ElementModel model = items.model(i);
        Object value = items.computed(i);
        return model != null
                ? model.isA(type)
                : value != null && TypeSet.of(typeOf(value)).ofType(type).single() != null;
    }

    /** The name of a type without the model that it is of. */
    static String typeName(String name) {
        return FHIR_PREFIXES.stream()
                .filter(name::startsWith)
                .findFirst()
                .map(prefix -> name.substring(prefix.length()))
                .orElse(name);
    }

    private static CompiledPath negation(CompiledPath operand) {
        Items items = new Items();
        Evaluator evaluator = (focus, out) -> {
            items.begin(focus);
            operand.evaluator().evaluate(focus, items);
            Object value = SystemValues.single(focus, items, "'-'");
            if (value instanceof Integer integer && integer != Integer.MIN_VALUE) {
                out.value(-integer);
            } else if (value != null) {
                BigDecimal number = SystemValues.number(value);
                if (number == null) {
                    throw new ViewRowException("'-' has an operand that is no number");
                }
                out.value(number.negate());
            }
        };
        return new CompiledPath(evaluator, operand.types());
    }
}
