package dev.sluice.benchmark.population;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Puts names and addresses together from lists; telephone numbers are of those that are kept for fiction. */
final class Names {
    private static final Pattern COMMA = Pattern.compile(", ");
    private static final List<CsvTable.Row> LISTS = CsvTable.rows("names.csv");
    private static final List<String> FAMILY = list("family");
    private static final List<String> FEMALE = list("female");
    private static final List<String> MALE = list("male");
    private static final List<String> STREETS = list("street");

    private Names() {}

    static ObjectNode name(String gender, SeededRandom random) {
        List<String> given = gender.equals("female") ? FEMALE : MALE;
        String initial = random.pick(FAMILY).charAt(0) + ".";
        return Templates.fill(
                "HumanName", Map.of("family", random.pick(FAMILY), "first", random.pick(given), "initial", initial));
    }

    /** House number and street. */
    static String street(SeededRandom random) {
        return random.between(1, 990) + " " + random.pick(STREETS);
    }

    /** An address in the town of a row of places.csv. */
    static ObjectNode address(String use, String street, CsvTable.Row town) {
        return Templates.fill(
                "Address",
                Map.of(
                        "use", use,
                        "line", street,
                        "city", town.text("city"),
                        "state", town.text("state"),
                        "postcode", town.text("postcode")));
    }

    static ObjectNode phone(String use, CsvTable.Row town, SeededRandom random) {
        String number = String.format(Locale.ROOT, "+1-%s-555-%04d", town.text("area"), random.between(100, 199));
        return Templates.fill("ContactPoint", Map.of("use", use, "number", number));
    }

    private static List<String> list(String name) {
        return LISTS.stream()
                .filter(row -> row.text("list").equals(name))
                .flatMap(row -> COMMA.splitAsStream(row.text("names")))
                .toList();
    }
}
