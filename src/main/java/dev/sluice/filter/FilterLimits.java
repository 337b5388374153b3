package dev.sluice.filter;

import dev.sluice.fhir.FhirException;

/**
 * Limits the clauses and values of one request's {@code _typeFilter}, which take memory and time. It is checked while
 * the text is parsed, so that a request is refused before the memory is used.
 */
final class FilterLimits {
    /** The largest number of clauses of all queries together. */
    static final int CLAUSES = 2_000;

    /** The largest number of values of all clauses together. */
    static final int VALUES = 20_000;

    /** The largest number of parsed values. A chain without a type is parsed once for each target type. */
    static final int VALUES_OF_TYPES = 50_000;

    private int clauses;
    private int values;
    private int valuesOfTypes;

    /** Counts a clause, whose values are decoded and not yet parsed. */
    void clause(String text) {
        clauses++;
        values += 1 + (int) text.chars().filter(c -> c == ',').count();
        require(clauses <= CLAUSES, CLAUSES + " clauses", "divide the export into several");
        require(values <= VALUES, VALUES + " values", "divide the export into several");
    }

    void valuesOfType(int count) {
        valuesOfTypes += count;
        require(
                valuesOfTypes <= VALUES_OF_TYPES,
                VALUES_OF_TYPES + " values for all types together that its chains lead to",
                "name the type in the chain, as in subject:Patient.name, or divide the export into several");
    }

    private static void require(boolean kept, String limit, String advice) {
        if (!kept) {
            throw FhirException.of(400, "too-costly", "_typeFilter has more than " + limit + "; " + advice + ".");
        }
    }
}
