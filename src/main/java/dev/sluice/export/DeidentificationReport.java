package dev.sluice.export;

import dev.sluice.deid.Method;
import dev.sluice.deid.RuleCounts;
import dev.sluice.deid.RuleFile;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;

/** What the rules of a de-identified export did, for its error file. It has numbers, and no value of any resource. */
final class DeidentificationReport {
    private static final String CODE = "informational";

    private final RuleFile rules;
    private final Map<Integer, Long> counts;

    /** @param counts how often each rule changed an element, by its number */
    DeidentificationReport(RuleFile rules, Map<Integer, Long> counts) {
        this.rules = rules;
        this.counts = counts;
    }

    /** One issue for each method and each rule that changed something, and one for all other rules. */
    List<Issue> issues() {
        List<Issue> issues = new ArrayList<>();
        Map<Method, Long> byMethod = new EnumMap<>(Method.class);
        numbers().forEach(rule -> byMethod.merge(rules.method(rule), count(rule), Long::sum));
        byMethod.forEach((method, count) -> {
            if (count > 0) {
                issues.add(information(method.text() + ": " + count + " elements."));
            }
        });
        numbers()
                .filter(rule -> count(rule) > 0)
                .forEach(rule -> issues.add(information(StringUtils.capitalize(rules.title(rule)) + ", "
                        + rules.method(rule).text() + ": " + count(rule) + " elements.")));
        long notR4 = counts.getOrDefault(RuleCounts.NOT_R4, 0L);
        if (notR4 > 0) {
            issues.add(information("Elements that R4 does not define, and that were removed: " + notR4 + "."));
        }
        long emptied = counts.getOrDefault(RuleCounts.EMPTIED, 0L);
        if (emptied > 0) {
            issues.add(new Issue(
                    Severity.WARNING,
                    "processing",
                    "Resources of which only the type remains, since a rule could not be applied to them: " + emptied
                            + "."));
        }
        String without = numbers()
                .filter(rule -> count(rule) == 0 && rules.method(rule) != Method.KEEP)
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        if (!without.isEmpty()) {
            issues.add(information("Rules that changed no element: " + without + "."));
        }
        return issues;
    }

    private Stream<Integer> numbers() {
        return IntStream.rangeClosed(1, rules.size()).boxed();
    }

    private long count(int rule) {
        return counts.getOrDefault(rule, 0L);
    }

    private static Issue information(String text) {
        return new Issue(Severity.INFORMATION, CODE, text);
    }
}
