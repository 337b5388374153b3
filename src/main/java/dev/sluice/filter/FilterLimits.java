package dev.sluice.filter;

import dev.sluice.fhir.FhirProblem;

/**
 * Counts what one request's {@code _typeFilter} asks for, and refuses what would take too much memory or time. It is asked
 * while the text is read, so that the refusal comes before the cost.
 */
final class FilterLimits {
    /** Clauses of all queries together. */
    static final int CLAUSES = 2_000;

    /** Values of all clauses together. */
    static final int VALUES = 20_000;

    /** Values, each as often as there are types that it is read for: a chain without a type is read for each target. */
    static final int VALUES_OF_TYPES = 50_000;

    private int clauses;
    private int values;
    private int valuesOfTypes;

    /** A clause was found, with its values still in one text. */
    void clause(String pair) {
        clauses++;
        values += 1 + (int) pair.chars().filter(c -> c == ',').count();
        require(clauses <= CLAUSES, CLAUSES + " clauses", "divide the export into several");
        require(values <= VALUES, VALUES + " values", "divide the export into several");
    }

    /** Some values are to be read for one type. */
    void valuesOfType(int count) {
        valuesOfTypes += count;
        require(
                valuesOfTypes <= VALUES_OF_TYPES,
                VALUES_OF_TYPES + " values for all types together that its chains lead to",
                "name the type in the chain, as in subject:Patient.name, or divide the export into several");
    }

    private static void require(boolean kept, String limit, String advice) {
        if (!kept) {
            throw FhirProblem.of(400, "too-costly", "_typeFilter has more than " + limit + "; " + advice + ".");
        }
    }
}
