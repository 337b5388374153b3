package dev.sluice.deid;

import dev.sluice.deid.Rule.Case;
import dev.sluice.deid.Rule.Cases;
import dev.sluice.deid.Rule.Domain;
import dev.sluice.deid.Rule.HashLength;
import dev.sluice.deid.Rule.NoSettings;
import dev.sluice.deid.Rule.Perturbing;
import dev.sluice.deid.Rule.Replacement;
import dev.sluice.deid.Rule.Settings;
import dev.sluice.json.JsonText;
import dev.sluice.rulepath.PathParser;
import dev.sluice.rulepath.RulePath;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Reads and checks one rule. */
final class RuleParser {
    /** Longer than any path of R4, and short enough to be told in an error. */
    private static final int LONGEST_PATH = 1_000;

    private static final int MOST_STEPS = 50;
    private static final int MOST_CASES = 200;
    private static final int MOST_DIGITS = 28;

    private static final int SHORTEST_HASH = 16;

    private final int number;
    private final JsonNode rule;
    private final Consumer<String> expressions;
    private final String path;

    /** @param expressions throws an {@link IllegalArgumentException} for what is not FHIRPath or could take too long */
    RuleParser(int number, JsonNode rule, Consumer<String> expressions) {
        this.number = number;
        this.rule = rule;
        this.expressions = expressions;
        String text = JsonText.of(rule, "path");
        if (text == null || text.isBlank() || !rule.path("method").isString()) {
            throw new InvalidRulesException("Rule " + number + ": Missing path or method in Fhir path rule config.");
        }
        if (text.length() > LONGEST_PATH) {
            throw new InvalidRulesException(
                    "Rule " + number + ": the path has more than " + LONGEST_PATH + " characters.");
        }
        this.path = text.strip();
    }

    Rule parse() {
        RulePath compiled = PathParser.parse(path);
        if (compiled.steps() == null) {
            checkExpression(compiled.expression(), "Invalid FHIR path " + path);
        } else if (compiled.steps().size() > MOST_STEPS) {
            throw invalid("the path has more than " + MOST_STEPS + " steps.");
        }
        String name = rule.path("method").stringValue();
        Method method = Method.find(name)
                .orElseThrow(() -> invalid(
                        "Anonymization method " + name + " not supported. The methods are " + Method.ALL + "."));
        return new Rule(number, compiled, method, settings(method));
    }

    private Settings settings(Method method) {
        return switch (method) {
            case SUBSTITUTE -> replacement();
            case PERTURB -> perturbing();
            case GENERALIZE -> cases();
            case CRYPTO_HASH -> hashLength();
            case PSEUDONYMIZE -> domain();
            default -> new NoSettings();
        };
    }

    private Replacement replacement() {
        JsonNode value = rule.get("replaceWith");
        if (value == null) {
            throw invalid("Missing replaceWith value in substitution rule at " + path + ".");
        }
        if (value.isArray()) {
            throw invalid("replaceWith must be a text, a number, true, false, an object or null.");
        }
        return new Replacement(value.isNull() ? null : value);
    }

    private Perturbing perturbing() {
        if (!rule.has("span")) {
            throw invalid("Span value is required in perturb rule at " + path + ".");
        }
        double span = number(rule.get("span"));
        if (!(span >= 0 && span <= Double.MAX_VALUE)) {
            throw invalid("Span value is invalid at " + path + ". It must be a number that is not negative.");
        }
        double roundTo = rule.has("roundTo") ? number(rule.get("roundTo")) : 2;
        if (!(roundTo >= 0 && roundTo <= MOST_DIGITS) || roundTo != Math.rint(roundTo)) {
            throw invalid("RoundTo value is invalid at " + path + ". It must be a whole number from 0 to " + MOST_DIGITS
                    + ".");
        }
        String type = word("rangeType", "fixed");
        if (!type.equals("fixed") && !type.equals("proportional")) {
            throw invalid("RangeType value is invalid at " + path + ". It must be fixed or proportional.");
        }
        return new Perturbing(new Perturbation(BigDecimal.valueOf(span), type.equals("proportional"), (int) roundTo));
    }

    /** Microsoft's server takes a number in quotes, too. */
    private static double number(JsonNode value) {
        try {
            return value.isNumber() ? value.doubleValue() : Double.parseDouble(String.valueOf(JsonText.of(value)));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** A word in lower case; no known one if the file has something else, so that it is refused. */
    private String word(String name, String usual) {
        JsonNode given = rule.path(name);
        return given.isMissingNode() || given.isNull()
                ? usual
                : String.valueOf(JsonText.of(given)).toLowerCase(Locale.ROOT);
    }

    private Cases cases() {
        JsonNode given = rule.path("cases");
        if (given.isMissingNode()) {
            throw invalid("Missing cases in FHIR path rule config.");
        }
        if (!given.isObject() || given.size() > MOST_CASES) {
            throw invalid("cases must be an object of at most " + MOST_CASES + " conditions with their values.");
        }
        List<Case> cases = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : given.properties()) {
            String value = member.getValue().isValueNode() ? member.getValue().asString() : "";
            String fault = "Invalid cases expression " + (cases.size() + 1);
            checkExpression(member.getKey(), fault);
            checkExpression(value, fault);
            cases.add(new Case(member.getKey(), value));
        }
        String others = word("otherValues", "redact");
        if (!others.equals("redact") && !others.equals("keep")) {
            throw invalid("OtherValues setting is invalid. It must be redact or keep.");
        }
        return new Cases(List.copyOf(cases), others.equals("keep"));
    }

    /** The whole hash, unless the file says how many of its digits are kept. */
    private Settings hashLength() {
        JsonNode length = rule.path("truncateToMaxLength");
        if (length.isMissingNode() || length.isNull()) {
            return new NoSettings();
        }
        if (!length.isInt() || length.intValue() < SHORTEST_HASH) {
            throw invalid("truncateToMaxLength must be a whole number from " + SHORTEST_HASH
                    + "; with fewer digits, different values have the same hash.");
        }
        return new HashLength(length.intValue());
    }

    private Domain domain() {
        String name = JsonText.of(rule, "domain");
        if (name == null || name.isBlank() || name.length() > LONGEST_PATH) {
            throw invalid("pseudonymize needs a domain, a text in which a value has one pseudonym.");
        }
        return new Domain(name);
    }

    private void checkExpression(String expression, String fault) {
        if (expression.length() > LONGEST_PATH) {
            throw invalid(fault + ": it has more than " + LONGEST_PATH + " characters.");
        }
        try {
            expressions.accept(expression);
        } catch (IllegalArgumentException e) {
            throw invalid(fault + ": " + e.getMessage());
        }
    }

    private InvalidRulesException invalid(String reason) {
        return InvalidRulesException.of(number, path, reason);
    }
}
