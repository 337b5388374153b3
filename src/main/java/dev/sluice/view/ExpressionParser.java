package dev.sluice.view;

import dev.sluice.view.PathExpression.Binary;
import dev.sluice.view.PathExpression.Call;
import dev.sluice.view.PathExpression.Index;
import dev.sluice.view.PathExpression.Literal;
import dev.sluice.view.PathExpression.Member;
import dev.sluice.view.PathExpression.Negation;
import dev.sluice.view.PathExpression.TypeOperation;
import dev.sluice.view.PathTokens.Kind;
import dev.sluice.view.PathTokens.Token;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses FHIRPath. It replaces the constants of the view by their values.
 *
 * @see <a href="https://hl7.org/fhirpath/N1/#operator-precedence">operator precedence</a>
 */
final class ExpressionParser {
    /** Brackets, operators and steps in each other. */
    private static final int DEEPEST = 200;

    private static final int LONGEST_INTEGER = 9;

    /** Operators that bind their operands alike, from the weakest on. Those of types are between the last but two. */
    private static final List<Set<String>> LEVELS = List.of(
            Set.of("implies"),
            Set.of("or", "xor"),
            Set.of("and"),
            Set.of("in", "contains"),
            Set.of("=", "~", "!=", "!~"),
            Set.of("<", ">", "<=", ">="),
            Set.of("|"),
            Set.of("is", "as"),
            Set.of("+", "-", "&"),
            Set.of("*", "/", "div", "mod"));

    private static final int TYPES = 7;
    private static final Set<String> UNITS = Set.of(
            "year",
            "month",
            "week",
            "day",
            "hour",
            "minute",
            "second",
            "millisecond",
            "years",
            "months",
            "weeks",
            "days",
            "hours",
            "minutes",
            "seconds",
            "milliseconds");

    private final PathTokens tokens;
    private final Map<String, Object> constants;
    private int depth;

    private ExpressionParser(PathTokens tokens, Map<String, Object> constants) {
        this.tokens = tokens;
        this.constants = constants;
    }

    /**
     * Parses an expression.
     *
     * @param constants the values of the constants of the view by name
     * @throws PathFaultException if it is not FHIRPath
     */
    static PathExpression parse(String text, Map<String, Object> constants) {
        ExpressionParser parser = new ExpressionParser(PathTokens.of(text), constants);
        PathExpression expression = parser.expression(0);
        Token behind = parser.tokens.peek();
        if (behind.kind() != Kind.END) {
            throw new PathFaultException(behind + " is not expected");
        }
        return expression;
    }

    private PathExpression expression(int level) {
        if (level == LEVELS.size()) {
            return signed();
        }
        PathExpression left = expression(level + 1);
        for (String operator = operator(level); operator != null; operator = operator(level)) {
            enter();
            left = level == TYPES
                    ? new TypeOperation(operator, left, typeName())
                    : new Binary(operator, left, expression(level + 1));
        }
        return left;
    }

    private @Nullable String operator(int level) {
        Token next = tokens.peek();
        if (LEVELS.get(level).stream().noneMatch(next::is)) {
            return null;
        }
        return tokens.take().text();
    }

    private PathExpression signed() {
        if (tokens.take("-")) {
            enter();
            return new Negation(signed());
        }
        return tokens.take("+") ? signed() : steps(term());
    }

    private PathExpression steps(PathExpression start) {
        PathExpression expression = start;
        while (true) {
            if (tokens.take(".")) {
                enter();
                expression = step(expression);
            } else if (tokens.take("[")) {
                enter();
                expression = new Index(expression, expression(0));
                tokens.require("]");
            } else {
                return expression;
            }
        }
    }

    private PathExpression step(PathExpression source) {
        Token name = tokens.take();
        if (name.kind() != Kind.NAME) {
            throw new PathFaultException("the name of an element or a function is missing before " + name);
        }
        return tokens.take("(") ? new Call(source, name.text(), arguments()) : new Member(source, name.text());
    }

    private List<PathExpression> arguments() {
        List<PathExpression> arguments = new ArrayList<>();
        if (tokens.take(")")) {
            return arguments;
        }
        do {
            enter();
            arguments.add(expression(0));
        } while (tokens.take(","));
        tokens.require(")");
        return arguments;
    }

    private PathExpression term() {
        Token token = tokens.peek();
        if (tokens.take("(")) {
            enter();
            PathExpression inner = expression(0);
            tokens.require(")");
            return inner;
        }
        if (tokens.take("{")) {
            tokens.require("}");
            return new PathExpression.Empty();
        }
        if (tokens.take("true") || tokens.take("false")) {
            return new Literal(Boolean.valueOf(token.text()));
        }
        if (token.kind() == Kind.NAME) {
            return step(new PathExpression.This());
        }
        tokens.take();
        return switch (token.kind()) {
            case STRING -> new Literal(token.text());
            case NUMBER -> number(token.text());
            case DATE, TIME -> time(token);
            case CONSTANT -> constant(token.text());
            case VARIABLE -> variable(token.text());
            default -> throw new PathFaultException("an expression is missing before " + token);
        };
    }

    private PathExpression number(String text) {
        Token unit = tokens.peek();
        if (unit.kind() == Kind.STRING || UNITS.stream().anyMatch(unit::is)) {
            throw new PathFaultException("quantities such as " + text + " '" + unit.text() + "' are not supported");
        }
        if (text.length() > SystemValues.MOST_DIGITS) {
            throw new PathFaultException("a number has more than " + SystemValues.MOST_DIGITS + " digits");
        }
        if (text.contains(".") || text.length() > LONGEST_INTEGER) {
            return new Literal(new BigDecimal(text));
        }
        return new Literal(Integer.valueOf(text));
    }

    private static PathExpression time(Token token) {
        TemporalValue value = token.kind() == Kind.TIME
                ? TemporalValue.time(token.text())
                : TemporalValue.parse(
                        token.text().replaceFirst("T$", ""), token.text().contains("T"));
        if (value == null) {
            throw new PathFaultException(token + " is no date or time");
        }
        return new Literal(value);
    }

    private PathExpression constant(String name) {
        Object value = constants.get(name);
        if (value != null) {
            return new Literal(value);
        }
        return switch (name) {
            case "rowIndex" -> new PathExpression.RowIndex();
            case "resource", "context", "rootResource" -> new PathExpression.Root();
            case "ucum" -> new Literal("http://unitsofmeasure.org");
            case "sct" -> new Literal("http://snomed.info/sct");
            case "loinc" -> new Literal("http://loinc.org");
            default -> throw new PathFaultException("the view has no constant '" + name + "'");
        };
    }

    private static PathExpression variable(String name) {
        return switch (name) {
            case "$this" -> new PathExpression.This();
            case "$index" -> new PathExpression.Position();
            default -> throw new PathFaultException(name + " is not supported");
        };
    }

    private String typeName() {
        Token name = tokens.take();
        if (name.kind() != Kind.NAME) {
            throw new PathFaultException("the name of a type is missing before " + name);
        }
        if (!tokens.take(".")) {
            return name.text();
        }
        Token local = tokens.take();
        if (local.kind() != Kind.NAME) {
            throw new PathFaultException("the name of a type is missing before " + local);
        }
        return name.text() + "." + local.text();
    }

    private void enter() {
        if (++depth > DEEPEST) {
            throw new PathFaultException("the expression has more than " + DEEPEST + " steps and operators");
        }
    }
}
