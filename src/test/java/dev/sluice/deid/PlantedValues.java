package dev.sluice.deid;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.RuntimeChildPrimitiveEnumerationDatatypeDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.hl7.fhir.r4.model.EnumFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Makes primitive values of which each has a marker in it. */
final class PlantedValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** A value, and the text in it that occurs nowhere else; the same for some codes and booleans. */
    record Value(JsonNode json, String marker) {}

    private final Random random;
    private int last;

    PlantedValues(Random random) {
        this.random = random;
    }

    Value of(String type, @Nullable BaseRuntimeChildDefinition child) {
        int number = ++last;
        String word = String.format(Locale.ROOT, "MKq%07dq", number);
        return switch (type) {
            case "boolean" -> new Value(JSON.booleanNode(random.nextBoolean()), "");
            case "integer", "positiveInt", "unsignedInt" ->
                new Value(JSON.numberNode(880_000_000 + number), String.valueOf(880_000_000 + number));
            case "decimal" ->
                new Value(
                        JSON.numberNode(new java.math.BigDecimal("88" + digits(number) + ".50")),
                        "88" + digits(number) + ".50");
            case "date", "dateTime", "instant", "time" -> time(type, number);
            case "oid" -> text("urn:oid:2.999." + (1_000_000 + number), "2.999." + (1_000_000 + number));
            case "uuid" -> text("urn:uuid:" + uuid(number), uuid(number));
            case "base64Binary" -> text(word + "A", word);
            case "uri", "url", "canonical" -> text("https://" + word + ".example/a?b=" + word + "#c", word);
            case "xhtml" ->
                text(
                        "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title=\"" + word + "\">" + word + "</p></div>",
                        word);
            case "code" -> code(child, word);
            case "id" -> text("id-" + word, word);
            default -> text(random.nextInt(3) == 0 ? "Zo\u00eb \"" + word + "\"\n\\ \ud83d\ude00" : word, word);
        };
    }

    /** The text of a reference in one of its forms. */
    Value reference() {
        int number = ++last;
        String word = String.format(Locale.ROOT, "MKq%07dq", number);
        return switch (random.nextInt(7)) {
            case 0 -> text("Patient/" + word, word);
            case 1 -> text("Observation/" + word + "/_history/3", word);
            case 2 -> text("https://other.example/fhir/Practitioner/" + word, word);
            case 3 -> text("#" + word, word);
            case 4 -> text("urn:uuid:" + uuid(number), uuid(number));
            case 5 -> text("urn:oid:2.999." + (1_000_000 + number), "2.999." + (1_000_000 + number));
            default -> text("Patient?identifier=https://s.example|" + word, word);
        };
    }

    private Value time(String type, int number) {
        int year = 1950 + number % 70;
        String day = String.format(Locale.ROOT, "%04d-%02d-%02d", year, 1 + number / 70 % 12, 1 + number / 840 % 28);
        String time = "07:08:09." + digits(number);
        return switch (type) {
            case "date" -> text(day, day);
            case "time" -> text(time, time);
            case "instant" -> text(day + "T" + time + "Z", day + "T" + time);
            default -> random.nextInt(3) == 0 ? text(day, day) : text(day + "T" + time + "+02:00", day + "T" + time);
        };
    }

    private static Value text(String value, String marker) {
        return new Value(JSON.stringNode(value), marker);
    }

    private static String digits(int number) {
        return String.format(Locale.ROOT, "%07d", number);
    }

    private static String uuid(int number) {
        return String.format(Locale.ROOT, "%08x-0000-4000-8000-%012d", number, number);
    }

    @SuppressWarnings("unchecked")
    private Value code(@Nullable BaseRuntimeChildDefinition child, String word) {
        if (child instanceof RuntimeChildPrimitiveEnumerationDatatypeDefinition bound) {
            EnumFactory<Enum<?>> factory = (EnumFactory<Enum<?>>) bound.getInstanceConstructorArguments();
            List<? extends Enum<?>> codes = Arrays.stream(
                            bound.getBoundEnumType().getEnumConstants())
                    .filter(constant -> !constant.name().equals("NULL"))
                    .toList();
            return text(factory.toCode(codes.get(random.nextInt(codes.size()))), "");
        }
        return text(word, word);
    }
}
