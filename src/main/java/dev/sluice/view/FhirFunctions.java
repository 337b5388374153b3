package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.r4.ElementModel;
import dev.sluice.view.PathExpression.Literal;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compiles the functions that FHIR and SQL on FHIR add to FHIRPath, and the boundaries of values. */
final class FhirFunctions {
    static final Set<String> NAMES = Set.of(
            "extension", "hasValue", "getValue", "getResourceKey", "getReferenceKey", "lowBoundary", "highBoundary");

    private static final byte[] ID = "id".getBytes(UTF_8);
    private static final byte[] REFERENCE = "reference".getBytes(UTF_8);
    private static final byte[] URL = "url".getBytes(UTF_8);
    private static final int MOST_DECIMALS = 28;

    private final ExpressionCompiler compiler;
    private final TypeSet self;

    FhirFunctions(ExpressionCompiler compiler, TypeSet self) {
        this.compiler = compiler;
        this.self = self;
    }

    CompiledPath compile(String name, CompiledPath source, List<PathExpression> arguments) {
        switch (name) {
            case "extension" -> {
                FunctionCompiler.require(name, arguments, 1, 1);
                return extension(source, arguments.get(0));
            }
            case "getReferenceKey" -> {
                FunctionCompiler.require(name, arguments, 0, 1);
                return referenceKey(source, arguments);
            }
            case "lowBoundary", "highBoundary" -> {
                FunctionCompiler.require(name, arguments, 0, 1);
                return boundary(name.equals("lowBoundary"), source, arguments);
            }
            default -> {
                FunctionCompiler.require(name, arguments, 0, 0);
                return name.equals("getResourceKey") ? resourceKey(source) : value(name, source);
            }
        }
    }

    private CompiledPath extension(CompiledPath source, PathExpression argument) {
        if (!(argument instanceof Literal literal) || !(literal.value() instanceof String url)) {
            throw new PathFaultException("extension() needs a URL in quotes, or a constant that is one");
        }
        compiler.ask(source.types(), "extension");
        byte[] wanted = url.getBytes(UTF_8);
        MemberStep step = new MemberStep(source.evaluator(), "extension", null, true);
        Items items = new Items();
        Evaluator evaluator = (focus, out) -> {
            items.begin(focus);
            step.evaluate(focus, items);
            for (int i = 0; i < items.size(); i++) {
                int found = focus.find(items.node(i), URL);
                if (found >= 0 && focus.tape.kind(found) == JsonTape.STRING && focus.is(found, wanted)) {
                    out.add(items, i);
                }
            }
        };
        return new CompiledPath(evaluator, source.types().member("extension"));
    }

    private static CompiledPath resourceKey(CompiledPath source) {
        return FunctionCompiler.each(source, TypeSet.of("id"), (focus, items, out) -> {
            for (int i = 0; i < items.size(); i++) {
                ElementModel model = items.model(i);
                int id = model == null || model.kind() != ElementModel.Kind.RESOURCE
                        ? Items.NONE
                        : focus.find(items.node(i), ID);
                if (id >= 0 && focus.tape.kind(id) == JsonTape.STRING) {
                    out.value(focus.text(id));
                }
            }
        });
    }

    private static CompiledPath referenceKey(CompiledPath source, List<PathExpression> arguments) {
        String type =
                arguments.isEmpty() ? null : ExpressionCompiler.typeName(FunctionCompiler.typeName(arguments.get(0)));
        if (type != null && ResourceType.find(type).isEmpty()) {
            throw new PathFaultException("getReferenceKey(): " + type + " is no type of resource");
        }
        return FunctionCompiler.each(source, TypeSet.of("id"), (focus, items, out) -> {
            for (int i = 0; i < items.size(); i++) {
                ResourceKey key = referred(focus, items, i);
                if (key != null && (type == null || key.type().name().equals(type))) {
                    out.value(key.id());
                }
            }
        });
    }

    private static @Nullable ResourceKey referred(Focus focus, Items items, int i) {
        ElementModel model = items.model(i);
        if (model == null || !model.is("Reference")) {
            return null;
        }
        int text = focus.find(items.node(i), REFERENCE);
        return text < 0 || focus.tape.kind(text) != JsonTape.STRING ? null : focus.bases.resource(focus.text(text));
    }

    private static CompiledPath value(String name, CompiledPath source) {
        boolean asks = name.equals("hasValue");
        return FunctionCompiler.each(source, asks ? TypeSet.BOOLEAN : source.types(), (focus, items, out) -> {
            Object value = items.size() == 1 ? SystemValues.of(focus, items, 0) : null;
            if (asks) {
                out.value(value != null);
            } else if (value != null) {
                out.addAll(items);
            }
        });
    }

    private CompiledPath boundary(boolean low, CompiledPath source, List<PathExpression> arguments) {
        Evaluator digits = arguments.isEmpty()
                ? (focus, out) -> {}
                : compiler.compile(arguments.get(0), self).evaluator();
        CompiledPath period = period(low, source);
        Items given = new Items();
        String where = low ? "lowBoundary()" : "highBoundary()";
        return FunctionCompiler.each(period, boundaryTypes(period.types()), (focus, items, out) -> {
            Object value = SystemValues.single(focus, items, where);
            given.begin(focus);
            digits.evaluate(focus, given);
            Object precision = SystemValues.single(focus, given, where);
            Object bound = value == null ? null : bound(value, low, precision instanceof Integer many ? many : null);
            if (bound != null) {
                out.value(bound);
            }
        });
    }

    /** Of a Period, its start or end is meant. */
    private static CompiledPath period(boolean low, CompiledPath source) {
        Items one = new Items();
        Evaluator member = new MemberStep((focus, out) -> out.addAll(one), low ? "start" : "end", null, false);
        Items items = new Items();
        Evaluator evaluator = (focus, out) -> {
            items.begin(focus);
            source.evaluator().evaluate(focus, items);
            for (int i = 0; i < items.size(); i++) {
                ElementModel model = items.model(i);
                if (model != null && model.is("Period")) {
                    one.only(items, i);
                    member.evaluate(focus, out);
                } else {
                    out.add(items, i);
                }
            }
        };
        return new CompiledPath(evaluator, source.types());
    }

    private static TypeSet boundaryTypes(TypeSet types) {
        if (!types.known()) {
            return TypeSet.UNKNOWN;
        }
        Function<String, String> of = name -> switch (name) {
            case "date", "time" -> name;
            case "dateTime", "instant", "Period" -> "dateTime";
            default -> "decimal";
        };
        return types.names().stream().map(of).distinct().map(TypeSet::of).reduce(TypeSet.NOTHING, TypeSet::or);
    }

    private static @Nullable Object bound(Object value, boolean low, @Nullable Integer digits) {
        if (value instanceof TemporalValue time) {
            TemporalValue bound = time.boundary(low);
            return digits == null ? bound : bound.withDigits(digits);
        }
        BigDecimal number = SystemValues.number(value);
        if (number == null) {
            throw new ViewRowException("a boundary is asked of a value that is no number, date or time");
        }
        BigDecimal bound = Arithmetic.boundary(number, low);
        if (digits == null) {
            return bound;
        }
        boolean valid = digits >= 0 && digits <= MOST_DECIMALS;
        return valid ? Objects.requireNonNull(Arithmetic.rounded(bound, digits, low)) : null;
    }
}
