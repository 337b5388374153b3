package dev.sluice.benchmark.population;

import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The file that a clinic keeps on one person, written visit after visit. */
final class PatientChart {
    private static final int CLINICS = 3;
    private static final Pattern WORD_END = Pattern.compile("(?<=[a-z])(?=[A-Z])");
    private static final List<CsvTable.Row> TOWNS = CsvTable.rows("places.csv");

    final Person person;
    final SeededRandom random;
    /** What the templates of all its resources may ask for. */
    final Map<String, Object> values;

    /** The condition that each disorder was noted as, the latest one if it came back. */
    final Map<String, String> conditions = new LinkedHashMap<>();

    /** How far the person lies from the mean of a measure, wherever and whenever it is taken. */
    final Map<Measure, Double> constitution = new HashMap<>();

    private final List<ObjectNode> resources = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<Object, List<LocalDate>> done = new HashMap<>();

    private PatientChart(Person person, SeededRandom random) {
        int clinic = random.between(1, CLINICS);
        String doctor = person.isAdult(Population.LAST_DAY) ? "physician-" : "pediatrician-";
        this.person = person;
        this.random = random;
        this.values = Map.of(
                "patient", "Patient/" + person.id(),
                "doctor", "Practitioner/" + doctor + clinic,
                "organization", "Organization/clinic-" + clinic,
                "location", "Location/clinic-" + clinic);
    }

    /** Every resource about a person. */
    static List<ObjectNode> of(Person person, SeededRandom random) {
        PatientChart chart = new PatientChart(person, random);
        chart.register();
        VisitSchedule.visits(person, random).forEach(visit -> new Consultation(chart, visit).hold());
        return chart.resources;
    }

    /** Adds a resource of the template of its type; returns the text of a reference to it. */
    String write(String type, Map<String, ?> more) {
        int number = counts.merge(type, 1, Integer::sum);
        String words = WORD_END.matcher(type).replaceAll("-").toLowerCase(Locale.ROOT);
        String id = String.format(Locale.ROOT, "%s-%s-%02d", words, person.number, number);
        resources.add(Templates.resource(type, id, more));
        return type + "/" + id;
    }

    /** Whether something is due: never done, or long enough ago and not too often. It counts as done then. */
    boolean takeIfDue(Object what, LocalDate today, Period every, int times) {
        List<LocalDate> days = done.computeIfAbsent(what, first -> new ArrayList<>());
        boolean due = days.isEmpty()
                || (days.size() < times
                        && !today.isBefore(days.get(days.size() - 1).plus(every)));
        return due && days.add(today);
    }

    private void register() {
        CsvTable.Row town = random.pick(TOWNS);
        Map<String, Object> identity = new HashMap<>(values);
        identity.put("number", "RB" + person.number + random.between(10, 99));
        identity.put("active", !person.deceased);
        identity.put("name", Names.name(person.gender, random));
        identity.put("home", Names.phone("home", town, random));
        identity.put("mobile", Names.phone("mobile", town, random));
        identity.put("gender", person.gender);
        identity.put("born", person.born.toString());
        identity.put("died", person.deceased ? person.lastDay.toString() : "");
        identity.put("address", Names.address("home", Names.street(random), town));
        resources.add(Templates.resource("Patient", person.id(), identity));
    }
}
