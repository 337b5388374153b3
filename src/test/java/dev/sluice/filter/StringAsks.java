package dev.sluice.filter;

import dev.sluice.r4.SearchParamType;
import dev.sluice.r4.SearchParameter;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.commons.codec.language.DoubleMetaphone;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.StringType;

/** Questions about strings, after R4's section on them. */
final class StringAsks {
    private static final int LONG = 80;

    private StringAsks() {}

    static List<Ask> of(SearchParameter parameter, IBase element) {
        List<Ask> asks = new ArrayList<>();
        for (String text : texts(element)) {
            String value = text.substring(0, Math.min(text.length(), LONG));
            if (parameter.name().equals("phonetic")) {
                sounds(value, asks);
            } else {
                starts("", value, isOfPeople(parameter) ? StringAsks::fromEachWord : StringAsks::texts, asks);
            }
            String part = value.substring(value.length() / 3);
            if (!folded(part).isEmpty()) {
                asks.add(new Ask(
                        ":contains",
                        Ask.escaped(part.toLowerCase(Locale.ROOT)),
                        e -> texts(e).stream().anyMatch(t -> folded(t).contains(folded(part)))));
            }
            for (String exact : List.of(text, value.toUpperCase(Locale.ROOT))) {
                asks.add(new Ask(":exact", Ask.escaped(exact), e -> texts(e).contains(exact)));
            }
        }
        return asks;
    }

    private static boolean isOfPeople(SearchParameter parameter) {
        return FhirPathOracle.expression(parameter).contains(".name")
                && List.of("Patient", "Practitioner", "Person", "RelatedPerson")
                        .contains(parameter.type().name());
    }

    /** The texts, and what is left of them from each blank or punctuation mark on. */
    private static List<String> fromEachWord(IBase element) {
        List<String> rests = new ArrayList<>(texts(element));
        for (String text : texts(element)) {
            for (int i = 0; i < text.length(); i++) {
                if (text.substring(i, i + 1).matches("[\\s\\p{Z}\\p{P}]")) {
                    rests.add(text.substring(i + 1).replaceFirst("^[\\s\\p{Z}\\p{P}]+", ""));
                }
            }
        }
        return rests;
    }

    /** Whether one of the texts starts with the beginning, the whole or more of a text. */
    static void starts(String modifier, String text, Function<IBase, List<String>> texts, List<Ask> asks) {
        String value = text.substring(0, Math.min(text.length(), LONG));
        for (String start : List.of(
                value,
                value.substring(0, (value.length() + 1) / 2).toUpperCase(Locale.ROOT),
                value.substring(value.length() / 2),
                value + "x")) {
            String wanted = folded(start);
            if (!wanted.isEmpty()) {
                asks.add(new Ask(
                        modifier,
                        Ask.escaped(start),
                        e -> texts.apply(e).stream().anyMatch(t -> folded(t).startsWith(wanted))));
            }
        }
    }

    private static void sounds(String text, List<Ask> asks) {
        for (String value : List.of(text, text + " Zyxwv")) {
            List<String> words = words(value);
            if (!words.isEmpty()) {
                asks.add(Ask.of(
                        Ask.escaped(value),
                        e -> words.stream()
                                .allMatch(word -> texts(e).stream()
                                        .flatMap(t -> words(t).stream())
                                        .anyMatch(other -> isAlike(word, other)))));
            }
        }
    }

    private static boolean isAlike(String asked, String actual) {
        DoubleMetaphone metaphone = new DoubleMetaphone();
        String sound = metaphone.doubleMetaphone(asked);
        if (sound == null || sound.isEmpty()) {
            return asked.equals(actual);
        }
        return sound.equals(metaphone.doubleMetaphone(actual)) || sound.equals(metaphone.doubleMetaphone(actual, true));
    }

    private static List<String> words(String text) {
        return List.of(folded(text).split(" ", -1)).stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Without accents, punctuation, case and repeated blanks. */
    private static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKD)
                .replaceAll("[\\p{M}\\p{P}]", "")
                .replaceAll("[\\s\\p{Z}]+", " ")
                .strip()
                .toUpperCase(Locale.ROOT);
    }

    private static List<String> texts(IBase element) {
        List<String> texts = new ArrayList<>();
        if (element instanceof HumanName name) {
            texts.add(name.getText());
            texts.add(name.getFamily());
            add(name.getGiven(), texts);
            add(name.getPrefix(), texts);
            add(name.getSuffix(), texts);
        } else if (element instanceof Address address) {
            texts.add(address.getText());
            add(address.getLine(), texts);
            texts.addAll(List.of(address.getCity() + "", address.getDistrict() + "", address.getState() + ""));
            texts.addAll(List.of(address.getPostalCode() + "", address.getCountry() + ""));
        } else if (element instanceof IPrimitiveType<?> primitive
                && SearchParamType.STRING.elementTypes().contains(element.fhirType())) {
            texts.add(primitive.getValueAsString());
        }
        texts.removeIf(text -> text == null || text.equals("null") || text.isBlank());
        return texts;
    }

    private static void add(List<StringType> elements, List<String> texts) {
        elements.forEach(element -> texts.add(element.getValue()));
    }
}
