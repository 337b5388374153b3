package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.commons.codec.language.DoubleMetaphone;
import tools.jackson.databind.JsonNode;

/**
 * A name that sounds like the given one: each given word has the Double Metaphone code of some word of the name. R4
 * leaves the method to the server.
 *
 * @param sounds one for each given word
 */
record PhoneticMatch(List<String> sounds) implements ValueMatch {
    /** The parameters that compare by sound; R4 has only these. */
    static final String PARAMETER = "phonetic";

    static PhoneticMatch read(String text) throws InvalidValueException {
        List<String> sounds =
                words(text).stream().map(word -> sound(word, false)).toList();
        if (sounds.isEmpty()) {
            throw new InvalidValueException("has no letter or digit to look for");
        }
        return new PhoneticMatch(sounds);
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        List<String> parts = StringMatch.PARTS.get(type.name());
        return sounds.stream().allMatch(sound -> {
            Predicate<String> heard = text -> words(text).stream()
                    .anyMatch(word -> sound(word, false).equals(sound)
                            || sound(word, true).equals(sound));
            if (parts == null) {
                return element.isString() && heard.test(element.stringValue());
            }
            return parts.stream().anyMatch(part -> JsonText.any(element, part, heard));
        });
    }

    private static List<String> words(String text) {
        return Arrays.stream(StringMatch.fold(text).split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** A word without a Latin consonant has no code and sounds like itself only. */
    private static String sound(String word, boolean alternate) {
        String code = new DoubleMetaphone().doubleMetaphone(word, alternate);
        return code == null || code.isEmpty() ? word : code;
    }
}
