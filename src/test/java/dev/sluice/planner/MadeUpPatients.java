package dev.sluice.planner;

import dev.sluice.fhir.FhirJson;
import dev.sluice.planner.KAnonymity.Classes;
import dev.sluice.planner.KAnonymity.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Patients with few values, so that some of them share all, and a count of their classes. */
final class MadeUpPatients {
    private static final String OVER_89 = "1936-01-01";

    private static final Map<QuasiIdentifier, Function<JsonNode, String>> VALUES = Map.ofEntries(
            Map.entry(QuasiIdentifier.BIRTH_DATE, patient -> text(patient, "birthDate", 10)),
            Map.entry(QuasiIdentifier.BIRTH_YEAR, patient -> text(patient, "birthDate", 4)),
            Map.entry(
                    QuasiIdentifier.BIRTH_YEAR_UP_TO_89,
                    patient ->
                            text(patient, "birthDate", 10).compareTo(OVER_89) > 0 ? text(patient, "birthDate", 4) : ""),
            Map.entry(QuasiIdentifier.GENDER, patient -> text(patient, "gender", 10)),
            Map.entry(QuasiIdentifier.POSTAL_CODE, patient -> ofAddresses(patient, "postalCode", 99)),
            Map.entry(QuasiIdentifier.ZIP3, patient -> ofAddresses(patient, "postalCode", 3)),
            Map.entry(QuasiIdentifier.CITY, patient -> ofAddresses(patient, "city", 99)),
            Map.entry(QuasiIdentifier.STATE, patient -> ofAddresses(patient, "state", 99)),
            Map.entry(QuasiIdentifier.COUNTRY, patient -> ofAddresses(patient, "country", 99)),
            Map.entry(QuasiIdentifier.MARITAL_STATUS, patient -> all(patient.at("/maritalStatus/coding"), "code", 99)),
            Map.entry(
                    QuasiIdentifier.DECEASED,
                    patient -> ""
                            + (patient.has("deceasedDateTime")
                                    || patient.path("deceasedBoolean").asBoolean(false))),
            Map.entry(QuasiIdentifier.DECEASED_YEAR, patient -> text(patient, "deceasedDateTime", 4)));

    private final List<ObjectNode> all = new ArrayList<>();

    MadeUpPatients(int count) {
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            all.add(patient("p" + i, random));
        }
    }

    List<ObjectNode> all() {
        return all;
    }

    /** The classes of those patients whose number fits. */
    Classes classes(Question question, Predicate<Integer> member) {
        Map<List<String>, Long> sizes = new HashMap<>(IntStream.range(0, all.size())
                .filter(member::test)
                .mapToObj(all::get)
                .collect(Collectors.groupingBy(
                        patient -> question.identifiers().stream()
                                .map(one ->
                                        Objects.requireNonNull(VALUES.get(one)).apply(patient))
                                .toList(),
                        Collectors.counting())));
        List<Long> small =
                sizes.values().stream().filter(size -> size < question.k()).toList();
        return new Classes(
                question,
                sum(sizes.values()),
                sizes.size(),
                sizes.values().stream().mapToLong(Long::longValue).min().orElse(0),
                small.size(),
                sum(small));
    }

    private static long sum(Collection<Long> sizes) {
        return sizes.stream().mapToLong(Long::longValue).sum();
    }

    private static String text(JsonNode patient, String name, int length) {
        String text = patient.path(name).asString("");
        return text.substring(0, Math.min(length, text.length()));
    }

    private static String ofAddresses(JsonNode patient, String name, int length) {
        return all(patient.path("address"), name, length);
    }

    private static String all(JsonNode items, String name, int length) {
        TreeSet<String> values = new TreeSet<>();
        items.forEach(item -> values.add(text(item, name, length)));
        values.remove("");
        return values.toString();
    }

    private static ObjectNode patient(String id, Random random) {
        ObjectNode patient = FhirJson.MAPPER.createObjectNode();
        patient.put("resourceType", "Patient").put("id", id);
        patient.putArray("name").addObject().put("text", random.nextBoolean() ? "HALF" : "PAIR");
        if (random.nextInt(5) > 0) {
            patient.put("gender", random.nextBoolean() ? "male" : "female");
        }
        if (random.nextInt(9) > 0) {
            String year = List.of("1921", "1950", "1957", "1964").get(random.nextInt(4));
            patient.put("birthDate", random.nextInt(3) == 0 ? year : year + "-0" + (1 + random.nextInt(3)) + "-01");
        }
        switch (random.nextInt(4)) {
            case 0 -> patient.put("deceasedBoolean", true);
            case 1 -> patient.put("deceasedBoolean", false);
            case 2 -> patient.put("deceasedDateTime", (2000 + random.nextInt(3)) + "-05-01");
            default -> {}
        }
        if (random.nextInt(3) > 0) {
            ArrayNode coding = patient.putObject("maritalStatus").putArray("coding");
            coding.addObject().put("code", random.nextBoolean() ? "M" : "S");
            coding.addObject().put("code", "X" + random.nextInt(2));
        }
        int addresses = random.nextInt(3);
        for (int i = 0; i < addresses; i++) {
            ObjectNode address =
                    patient.withArrayProperty("address").addObject().put("text", "unused");
            put(address, "postalCode", random, "12345", "12399", "54321", "7");
            put(address, "city", random, "Köln", "New York", "new york");
            put(address, "state", random, "NW", "NY");
            put(address, "country", random, "DE", "US");
        }
        return patient;
    }

    private static void put(ObjectNode address, String name, Random random, String... values) {
        int chosen = random.nextInt(values.length + 1);
        if (chosen < values.length) {
            address.put(name, values[chosen]);
        }
    }
}
