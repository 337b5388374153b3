package dev.sluice.view;

import dev.sluice.view.PathExpression.Call;
import dev.sluice.view.PathExpression.Member;
import dev.sluice.view.PathExpression.This;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.lang3.StringUtils;

/** Compiles calls of functions. Those that go through a collection are here. */
final class FunctionCompiler {
    /** Functions that are FHIRPath and that a view does not have, and why. */
    private static final Map<String, String> REFUSED = Map.of(
            "now", "all rows of an export must be made alike",
            "today", "all rows of an export must be made alike",
            "timeOfDay", "all rows of an export must be made alike",
            "resolve", "a view reads one resource at a time; join its rows by getReferenceKey()",
            "memberOf", "a view has no terminology service",
            "conformsTo", "a view does not validate");

    private final ExpressionCompiler compiler;
    private final TypeSet self;

    FunctionCompiler(ExpressionCompiler compiler, TypeSet self) {
        this.compiler = compiler;
        this.self = self;
    }

    /** The names of the functions that expressions can call. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(Set.of(
                "where",
                "select",
                "exists",
                "all",
                "empty",
                "not",
                "count",
                "first",
                "last",
                "single",
                "skip",
                "take",
                "tail",
                "distinct",
                "isDistinct",
                "allTrue",
                "anyTrue",
                "allFalse",
                "anyFalse",
                "union",
                "combine",
                "ofType",
                "is",
                "as",
                "iif",
                "join"));
        names.addAll(FhirFunctions.NAMES);
        names.addAll(ValueFunctions.NAMES);
        return names;
    }

    CompiledPath compile(Call call) {
        String name = call.function();
        if (REFUSED.containsKey(name)) {
            throw new PathFaultException("the function " + name + "() is not supported: " + REFUSED.get(name));
        }
        if (!names().contains(name)) {
            throw new PathFaultException("the function '" + StringUtils.abbreviate(name, 40)
                    + "' is not supported; those that are: " + String.join(", ", names()));
        }
        CompiledPath source = compiler.compile(call.source(), self);
        List<PathExpression> arguments = call.arguments();
        if (FhirFunctions.NAMES.contains(name)) {
            return new FhirFunctions(compiler, self).compile(name, source, arguments);
        }
        if (ValueFunctions.NAMES.contains(name)) {
            return ValueFunctions.compile(
                    name,
                    source,
                    arguments.stream()
                            .map(argument -> compiler.compile(argument, self))
                            .toList());
        }
        return switch (name) {
            case "where", "select", "exists", "all" -> iteration(name, source, arguments);
            case "ofType", "is", "as" -> type(name, source, arguments);
            case "iif" -> conditional(source, arguments);
            default -> collection(name, source, arguments);
        };
    }

    private CompiledPath iteration(String name, CompiledPath source, List<PathExpression> arguments) {
        if (name.equals("exists") && arguments.isEmpty()) {
            return each(source, TypeSet.BOOLEAN, (focus, items, out) -> out.value(!items.isEmpty()));
        }
        require(name, arguments, 1, 1);
        CompiledPath criterion = compiler.compile(arguments.get(0), source.types());
        if (name.equals("select")) {
            return new CompiledPath(
                    new Iteration(source.evaluator(), criterion.evaluator()).select(), criterion.types());
        }
        Items kept = new Items();
        if (name.equals("all")) {
            return all(source.evaluator(), criterion.evaluator(), kept);
        }
        Evaluator filtered = new Iteration(source.evaluator(), criterion.evaluator()).where();
        if (name.equals("where")) {
            return new CompiledPath(filtered, source.types());
        }
        return new CompiledPath(
                (focus, out) -> out.value(!into(kept, filtered, focus).isEmpty()), TypeSet.BOOLEAN);
    }

    /** Evaluates its source once: it may be such a call itself. */
    private static CompiledPath all(Evaluator source, Evaluator criterion, Items kept) {
        Items all = new Items();
        Evaluator filtered = new Iteration((focus, out) -> out.addAll(all), criterion).where();
        return new CompiledPath(
                (focus, out) -> {
                    int size = into(all, source, focus).size();
                    out.value(into(kept, filtered, focus).size() == size);
                },
                TypeSet.BOOLEAN);
    }

    private static Items into(Items items, Evaluator evaluator, Focus focus) {
        evaluator.evaluate(focus, items.begin(focus));
        return items;
    }

    private CompiledPath type(String name, CompiledPath source, List<PathExpression> arguments) {
        require(name, arguments, 1, 1);
        String type = ExpressionCompiler.typeName(typeName(arguments.get(0)));
        return name.equals("is") ? compiler.is(source, type) : compiler.ofType(source, type);
    }

    /** A type in the place of an argument is parsed as a path. */
    static String typeName(PathExpression argument) {
        if (argument instanceof Member member) {
            if (member.source() instanceof This) {
                return member.name();
            }
            if (member.source() instanceof Member prefix && prefix.source() instanceof This) {
                return prefix.name() + "." + member.name();
            }
        }
        throw new PathFaultException("the argument must be the name of a type");
    }

    private CompiledPath conditional(CompiledPath source, List<PathExpression> arguments) {
        require("iif", arguments, 2, 3);
        List<CompiledPath> parts = arguments.stream()
                .map(argument -> compiler.compile(argument, source.types()))
                .toList();
        Items items = new Items();
        Items condition = new Items();
        Evaluator evaluator = (focus, out) -> {
            Items before = focus.self();
            focus.self(into(items, source.evaluator(), focus));
            Boolean holds = SystemValues.condition(
                    focus, into(condition, parts.get(0).evaluator(), focus), "the condition of iif()");
            if (Boolean.TRUE.equals(holds)) {
                parts.get(1).evaluator().evaluate(focus, out);
            } else if (parts.size() == 3) {
                parts.get(2).evaluator().evaluate(focus, out);
            }
            focus.self(before);
        };
        TypeSet types = parts.get(1).types();
        return new CompiledPath(
                evaluator, parts.size() == 3 ? types.or(parts.get(2).types()) : types);
    }

    private CompiledPath collection(String name, CompiledPath source, List<PathExpression> arguments) {
        return switch (name) {
            case "skip", "take" -> part(name, source, arguments);
            case "join" -> join(source, arguments);
            case "union", "combine" -> {
                require(name, arguments, 1, 1);
                CompiledPath other = compiler.compile(arguments.get(0), self);
                Items both = new Items();
                yield new CompiledPath(
                        (focus, out) -> {
                            into(both, source.evaluator(), focus);
                            other.evaluator().evaluate(focus, both);
                            if (name.equals("union")) {
                                Comparisons.addDistinct(focus, both, out);
                            } else {
                                out.addAll(both);
                            }
                        },
                        source.types().or(other.types()));
            }
            default -> {
                require(name, arguments, 0, 0);
                yield withoutArguments(name, source);
            }
        };
    }

    private static CompiledPath withoutArguments(String name, CompiledPath source) {
        return switch (name) {
            case "empty" -> each(source, TypeSet.BOOLEAN, (focus, items, out) -> out.value(items.isEmpty()));
            case "count" -> each(source, TypeSet.INTEGER, (focus, items, out) -> out.value(items.size()));
            case "not" ->
                each(source, TypeSet.BOOLEAN, (focus, items, out) -> {
                    Boolean value = SystemValues.condition(focus, items, "not()");
                    if (value != null) {
                        out.value(!value);
                    }
                });
            case "first" -> each(source, source.types(), (focus, items, out) -> range(items, 0, 1, out));
            case "last" ->
                each(source, source.types(), (focus, items, out) -> range(items, items.size() - 1, items.size(), out));
            case "tail" -> each(source, source.types(), (focus, items, out) -> range(items, 1, items.size(), out));
            case "single" ->
                each(source, source.types(), (focus, items, out) -> {
                    SystemValues.requireSingle(items, "single()");
                    out.addAll(items);
                });
            case "distinct" -> each(source, source.types(), Comparisons::addDistinct);
            case "isDistinct" -> {
                Items distinct = new Items();
                yield each(source, TypeSet.BOOLEAN, (focus, items, out) -> {
                    Comparisons.addDistinct(focus, items, distinct.begin(focus));
                    out.value(distinct.size() == items.size());
                });
            }
            default -> each(source, TypeSet.BOOLEAN, (focus, items, out) -> out.value(quantified(name, focus, items)));
        };
    }

    private static boolean quantified(String name, Focus focus, Items items) {
        boolean wanted = name.endsWith("True");
        int found = 0;
        for (int i = 0; i < items.size(); i++) {
            found += Boolean.valueOf(wanted).equals(SystemValues.of(focus, items, i)) ? 1 : 0;
        }
        return name.startsWith("any") ? found > 0 : found == items.size();
    }

    private CompiledPath part(String name, CompiledPath source, List<PathExpression> arguments) {
        require(name, arguments, 1, 1);
        Evaluator count = compiler.compile(arguments.get(0), self).evaluator();
        Items number = new Items();
        return each(source, source.types(), (focus, items, out) -> {
            if (SystemValues.single(focus, into(number, count, focus), name + "()") instanceof Integer many) {
                int at = Math.min(Math.max(many, 0), items.size());
                range(items, name.equals("skip") ? at : 0, name.equals("skip") ? items.size() : at, out);
            }
        });
    }

    private CompiledPath join(CompiledPath source, List<PathExpression> arguments) {
        require("join", arguments, 0, 1);
        Evaluator separator = arguments.isEmpty()
                ? (focus, out) -> out.value("")
                : compiler.compile(arguments.get(0), self).evaluator();
        Items between = new Items();
        return each(source, TypeSet.STRING, (focus, items, out) -> {
            Object given = SystemValues.single(focus, into(between, separator, focus), "the separator of join()");
            out.value(Arithmetic.joined(focus, items, given == null ? "" : SystemValues.text(given)));
        });
    }

    private static void range(Items items, int from, int to, Items out) {
        for (int i = Math.max(from, 0); i < Math.min(to, items.size()); i++) {
            out.add(items, i);
        }
    }

    /** Makes something of a whole collection. */
    interface CollectionFunction {
        void apply(Focus focus, Items items, Items out);
    }

    static CompiledPath each(CompiledPath source, TypeSet types, CollectionFunction function) {
        Items items = new Items();
        return new CompiledPath(
                (focus, out) -> function.apply(focus, into(items, source.evaluator(), focus), out), types);
    }

    static void require(String name, List<?> arguments, int least, int most) {
        if (arguments.size() < least || arguments.size() > most) {
            throw new PathFaultException(name + "() takes " + (least == most ? least : least + " to " + most)
                    + (most == 1 ? " argument" : " arguments") + ", not " + arguments.size());
        }
    }
}
