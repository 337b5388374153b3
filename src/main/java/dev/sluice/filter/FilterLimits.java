package dev.sluice.filter;

import dev.sluice.fhir.FhirException;
import dev.sluice.json.MemoryBudget;
import java.util.List;

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
    static final int VALUES_OF_TYPES = 20_000;

    /** The largest number of characters of parsed values. The body of a kick-off has fewer. */
    static final int CHARACTERS_OF_TYPES = 1 << 21;

    /** The largest number of {@code _has} clauses. Each reads a whole type. */
    static final int REVERSE_CHAINS = 100;

    private static final String DIVIDE = "divide the export into several";
    private static final String NAME_TYPE = "name the type in the chain, as in subject:Patient.name, or " + DIVIDE;

    /** The heap that a parsed value takes, without its characters. */
    private static final int VALUE_BYTES = 400;

    /** A character is in the value and in its key, and takes one or two bytes. */
    private static final int CHARACTER_BYTES = 3;

    private final MemoryBudget.Claim memory;
    private int clauses;
    private int values;
    private int valuesOfTypes;
    private int charactersOfTypes;
    private int reverseChains;

    /** @param memory claims the heap of the parsed values */
    FilterLimits(MemoryBudget.Claim memory) {
        this.memory = memory;
    }

    /** The heap that parsed values take, in bytes, about. */
    static long bytes(long values, long characters) {
        return values * VALUE_BYTES + characters * CHARACTER_BYTES;
    }

    /** Checks the text of all queries before it is divided at its commas. */
    void text(List<String> texts) {
        long commas =
                texts.stream().flatMapToInt(String::chars).filter(c -> c == ',').count();
        require(commas < VALUES + CLAUSES, VALUES + " values", DIVIDE);
    }

    /** The clauses of a query; the last one may be several if there are too many. */
    static String[] divided(String clauses) {
        return clauses.split("&", CLAUSES + 1);
    }

    /** Counts a clause. */
    void clause() {
        clauses++;
        require(clauses <= CLAUSES, CLAUSES + " clauses", DIVIDE);
    }

    /** Counts the values of a clause, which are decoded and not yet parsed. */
    void values(String text) {
        values += count(text);
        require(values <= VALUES, VALUES + " values", DIVIDE);
    }

    /** Counts the values of a clause that are about to be parsed for one type. */
    void valuesOfType(String text) {
        valuesOfTypes += count(text);
        charactersOfTypes += text.length();
        require(
                valuesOfTypes <= VALUES_OF_TYPES,
                VALUES_OF_TYPES + " values for all types together that its chains lead to",
                NAME_TYPE);
        require(
                charactersOfTypes <= CHARACTERS_OF_TYPES,
                CHARACTERS_OF_TYPES + " characters of values for all types together that its chains lead to",
                NAME_TYPE);
        memory.hold(0, bytes(valuesOfTypes, charactersOfTypes));
    }

    void reverseChain() {
        reverseChains++;
        require(reverseChains <= REVERSE_CHAINS, REVERSE_CHAINS + " _has clauses", DIVIDE);
    }

    private static int count(String values) {
        return 1 + (int) values.chars().filter(c -> c == ',').count();
    }

    private static void require(boolean kept, String limit, String advice) {
        if (!kept) {
            throw FhirException.of(400, "too-costly", "_typeFilter has more than " + limit + "; " + advice + ".");
        }
    }
}
