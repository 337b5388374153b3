package dev.sluice.search;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A string that starts with the given one, without regard to case, accents, punctuation and repeated blanks. A name or
 * an address matches by any of its parts.
 *
 * @param folded the beginning, as {@link #fold} gives it
 * @see <a href="https://hl7.org/fhir/R4/search.html#string">string</a>
 */
record StringMatch(String folded) implements ValueMatch {
    private static final Map<String, List<String>> PARTS = Map.of(
            "HumanName", List.of("text", "family", "given", "prefix", "suffix"),
            "Address", List.of("text", "line", "city", "district", "state", "postalCode", "country"));

    static final Set<String> TYPES = Set.of("string", "markdown", "HumanName", "Address");

    static StringMatch read(String text) throws Malformed {
        String folded = fold(text);
        if (folded.isBlank()) {
            throw new Malformed("has no letter or digit to look for");
        }
        return new StringMatch(folded);
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        List<String> parts = PARTS.get(type.name());
        if (parts == null) {
            return element.isString() && startsAlike(element.stringValue());
        }
        return parts.stream().anyMatch(part -> JsonText.any(element, part, this::startsAlike));
    }

    private boolean startsAlike(String actual) {
        return fold(actual).startsWith(folded);
    }

    /** Upper case and not lower case: it has one form for the two Greek sigmas, and makes two letters of a sharp s. */
    static String fold(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFKD).codePoints().forEach(c -> {
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                if (!kept.isEmpty() && kept.charAt(kept.length() - 1) != ' ') {
                    kept.append(' ');
                }
            } else if (!isIgnored(c)) {
                kept.appendCodePoint(c);
            }
        });
        return kept.toString().stripTrailing().toUpperCase(Locale.ROOT);
    }

    private static boolean isIgnored(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }
}
