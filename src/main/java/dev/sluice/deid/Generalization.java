package dev.sluice.deid;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.deid.Rule.Cases;
import dev.sluice.r4.FhirPathExpression;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The method {@code generalize} with the cases of one rule. Safe for use by any number of threads. */
final class Generalization {
    /** What has values of few forms has few values, too. */
    private static final int MOST_KNOWN = 10_000;

    private static final int LONGEST_KNOWN = 100;

    /** The time and the memory that an expression takes grow with the value. */
    private static final int LONGEST = 10_000;

    private record Case(FhirPathExpression condition, FhirPathExpression value) {}

    private record Known(String type, String value) {}

    private final Rule rule;
    private final List<Case> cases;
    private final boolean keepOthers;
    private final Cache<Known, Optional<String>> known =
            Caffeine.newBuilder().maximumSize(MOST_KNOWN).build();

    Generalization(Rule rule, Cases settings) {
        this.rule = rule;
        this.cases = settings.cases().stream()
                .map(given -> new Case(FhirPathExpression.of(given.condition()), FhirPathExpression.of(given.value())))
                .toList();
        this.keepOthers = settings.keepOthers();
    }

    /**
     * What the first case makes of a value whose condition holds; nothing if the value is to be removed.
     *
     * @param type the type of the value, such as {@code date}
     */
    Optional<String> apply(String type, String value) {
        return value.length() > LONGEST_KNOWN
                ? evaluate(type, value)
                : known.get(new Known(type, value), key -> evaluate(type, value));
    }

    private Optional<String> evaluate(String type, String value) {
        if (value.length() > LONGEST) {
            throw DeidentificationException.processing(
                    rule, "the value has more than " + LONGEST + " characters, which is too long for generalize");
        }
        try {
            for (Case given : cases) {
                if (given.condition.isTrue(type, value)) {
                    return Optional.ofNullable(result(given, type, value));
                }
            }
        } catch (IllegalArgumentException e) {
            throw DeidentificationException.processing(rule, String.valueOf(e.getMessage()));
        }
        return keepOthers ? Optional.of(value) : Optional.empty();
    }

    private static @Nullable String result(Case given, String type, String value) {
        String result = given.value.result(type, value);
        if (result != null && result.length() > LONGEST) {
            throw new IllegalArgumentException("the result has more than " + LONGEST + " characters");
        }
        return result;
    }
}
