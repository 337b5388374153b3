package dev.sluice.r4;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the values between the {@code $} of a composite parameter are compared with: a parameter of the same type, and
 * where below the composite's own elements its values lie.
 *
 * <p>From the SearchParameters of R4 4.0.1, whose names tell the components of every type. HAPI knows no expressions of
 * components, and of the three of a coordinate only two. R4 exchanges the expressions of {@code relationship}: here each
 * parameter has its own. A test compares the table with the definitions.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#composite">composite</a>
 */
public final class CompositeTable {
    /** A space between components, an expression after the first {@code =}, and no space in an expression. */
    private static final String TEXT = """
            context-type-quantity context-type=code context-quantity=value.as(Quantity)|value.as(Range)
            context-type-value context-type=code context=value.as(CodeableConcept)
            relationship relatesto=target relation=code
            characteristic-value characteristic=code value=value
            chromosome-variant-coordinate chromosome=%resource.referenceSeq.chromosome variant-start=start variant-end=end
            chromosome-window-coordinate chromosome=chromosome window-start=windowStart window-end=windowEnd
            referenceseqid-variant-coordinate referenceseqid=%resource.referenceSeq.referenceSeqId variant-start=start variant-end=end
            referenceseqid-window-coordinate referenceseqid=referenceSeqId window-start=windowStart window-end=windowEnd
            code-value-concept code=code value-concept=value.as(CodeableConcept)
            code-value-date code=code value-date=value.as(dateTime)|value.as(Period)
            code-value-quantity code=code value-quantity=value.as(Quantity)
            code-value-string code=code value-string=value.as(string)
            combo-code-value-concept combo-code=code combo-value-concept=value.as(CodeableConcept)
            combo-code-value-quantity combo-code=code combo-value-quantity=value.as(Quantity)
            component-code-value-concept component-code=code component-value-concept=value.as(CodeableConcept)
            component-code-value-quantity component-code=code component-value-quantity=value.as(Quantity)
            """;

    /**
     * One of the values.
     *
     * @param parameter the name of the parameter whose kind compares the value
     * @param expression from the composite's element, or from the resource after {@code %resource.}
     */
    public record Part(String parameter, String expression) {}

    /** By the name of the composite parameter. */
    public static final Map<String, List<Part>> PARTS = read();

    private CompositeTable() {}

    private static Map<String, List<Part>> read() {
        Map<String, List<Part>> table = new TreeMap<>();
        for (String line : TEXT.lines().toList()) {
            List<String> words = Arrays.asList(line.split(" "));
            List<Part> parts = new ArrayList<>();
            for (String word : words.subList(1, words.size())) {
                int equals = word.indexOf('=');
                parts.add(new Part(word.substring(0, equals), word.substring(equals + 1)));
            }
            table.put(words.get(0), List.copyOf(parts));
        }
        return Map.copyOf(table);
    }
}
