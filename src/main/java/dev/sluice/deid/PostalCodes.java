package dev.sluice.deid;

import java.util.Collection;
import java.util.regex.Pattern;

/** What may remain of postal codes of the United States: the area, which is the first three characters. */
final class PostalCodes {
    static final int AREA_LENGTH = 3;

    private static final Pattern OF_UNITED_STATES = Pattern.compile("[0-9]{5}(-?[0-9]{4})?");

    private PostalCodes() {}

    /** Whether a text is a code of the United States, and nothing else. */
    static boolean isOfUnitedStates(String code) {
        return OF_UNITED_STATES.matcher(code).matches();
    }

    /**
     * The code with 0 for each digit behind its area, or for all digits if its area has few people.
     *
     * @param restricted beginnings of codes in such areas
     */
    static String area(String code, Collection<String> restricted) {
        int kept = restricted.stream().anyMatch(code::startsWith) ? 0 : AREA_LENGTH;
        StringBuilder result = new StringBuilder(code.length());
        int[] characters = code.codePoints().toArray();
        for (int i = 0; i < characters.length; i++) {
            result.appendCodePoint(i >= kept && Character.isDigit(characters[i]) ? '0' : characters[i]);
        }
        return result.toString();
    }
}
