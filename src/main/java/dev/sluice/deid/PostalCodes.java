package dev.sluice.deid;

import java.util.Collection;

/** What may remain of postal codes of the United States: the area, which is the first three characters. */
final class PostalCodes {
    private static final int AREA_LENGTH = 3;

    private PostalCodes() {}

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
