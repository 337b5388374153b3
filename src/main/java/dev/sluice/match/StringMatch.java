package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A string that starts with the given one or contains it, without regard to case, accents, punctuation and repeated
 * blanks, or that is exactly the given one. A name or an address matches by any of its parts, a person's name by any of
 * their words, too.
 *
 * @param text the value; as {@link #fold} gives it unless it is compared exactly
 * @see <a href="https://hl7.org/fhir/R4/search.html#string">string</a>
 */
record StringMatch(String text, Way way) implements ValueMatch {
    enum Way {
        STARTS,
        /** From the first letter of any word on. */
        WORD,
        CONTAINS,
        EXACT
    }

    /** What stands between blanks and punctuation. */
    private static final Pattern WORD = Pattern.compile("[^\\s\\p{Z}\\p{P}]+");

    /** The parts of a type, each of them a string or a list of strings. */
    static final Map<String, List<String>> PARTS = Map.of(
            "HumanName", List.of("text", "family", "given", "prefix", "suffix"),
            "Address", List.of("text", "line", "city", "district", "state", "postalCode", "country"));

    static StringMatch read(String text, Way way) throws InvalidValueException {
        String folded = fold(text);
        if (folded.isBlank() && way != Way.EXACT) {
            throw new InvalidValueException("has no letter or digit to look for");
        }
        return new StringMatch(way == Way.EXACT ? text : folded, way);
    }

    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        return way == Way.EXACT ? text : null;
    }

    @Override
    public @Nullable String key(SearchParameter parameter) {
        return way == Way.EXACT ? text : null;
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        return any(type, element, this::isAlike);
    }

    /** Whether the test holds for the text of an element, or for one of its parts. */
    static boolean any(ElementType type, JsonNode element, Predicate<String> test) {
        List<String> parts = PARTS.get(type.name());
        if (parts == null) {
            return element.isString() && test.test(element.stringValue());
        }
        for (String part : parts) {
            if (JsonText.any(element, part, test)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a string that is no part of a resource, such as a display, is alike. */
    boolean isAlike(@Nullable String actual) {
        if (actual == null) {
            return false;
        }
        return switch (way) {
            case STARTS -> fold(actual).startsWith(text);
            case WORD -> hasWord(actual);
            case CONTAINS -> fold(actual).contains(text);
            case EXACT -> actual.equals(text);
        };
    }

    /** Whether it is alike from the first letter of one of its words on. */
    private boolean hasWord(String actual) {
        String folded = fold(actual);
        return folded.contains(text) && anyWord(actual, folded, begin -> folded.startsWith(text, begin));
    }

    /** Whether the test holds for a place at which a word begins in the folded text, the first one included. */
    static boolean anyWord(String actual, String folded, IntPredicate test) {
        if (test.test(0)) {
            return true;
        }
        String plain = Normalizer.normalize(actual, Normalizer.Form.NFKD);
        StringBuilder before = new StringBuilder(folded.length());
        int end = 0;
        for (Matcher word = WORD.matcher(plain); word.find(); end = word.end()) {
            boolean apart = !before.isEmpty()
                    && !fold("x" + plain.substring(end, word.start()) + "x").equals("XX");
            before.append(apart && before.charAt(before.length() - 1) != ' ' ? " " : "");
            if (test.test(before.length())) {
                return true;
            }
            before.append(fold(word.group()));
        }
        return false;
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
