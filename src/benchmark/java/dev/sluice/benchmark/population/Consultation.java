package dev.sluice.benchmark.population;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.Period;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What happens at one visit: disorders are found and treated, measures taken, vaccines and procedures given. */
final class Consultation {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
    private static final List<CsvTable.Row> MEDICATIONS = CsvTable.rows("medications.csv");
    private static final int NO_END = Integer.MAX_VALUE;

    private final PatientChart chart;
    private final Person person;
    private final SeededRandom random;
    private final Visit visit;
    private final LocalDate today;
    private final Set<String> words;
    private final VisitMeasurements reading;
    private final Map<String, Object> values;

    Consultation(PatientChart chart, Visit visit) {
        this.chart = chart;
        this.person = chart.person;
        this.random = chart.random;
        this.visit = visit;
        this.today = visit.day();
        this.words = visit.words(person);
        this.reading = new VisitMeasurements(chart, today, words);
        this.values = new HashMap<>(chart.values);
    }

    void hold() {
        values.put("start", TIME.format(visit.start()));
        values.put("end", TIME.format(visit.end()));
        values.put("encounter", encounter());
        person.allergy.ifPresent(this::noteAllergy);
        person.chronic.forEach(this::noteChronic);
        visit.reason().ifPresent(disorder -> diagnose(disorder, today));
        Measure.ALL.stream()
                .filter(measure -> measure.when.holds(words))
                .filter(measure -> chart.takeIfDue(measure, today, measure.every, NO_END))
                .forEach(this::observe);
        Care.ALL.stream()
                .filter(care -> care.isFor(person.born, today, words) && random.chance(care.chance))
                .filter(care -> chart.takeIfDue(care, today, care.every, care.times))
                .forEach(this::give);
    }

    private String encounter() {
        CsvTable.Row kind = visit.kind();
        return write(
                "Encounter",
                Map.of(
                        "class", kind.text("class"),
                        "code", kind.concept(Templates.SNOMED),
                        "reason", visit.reason().map(disorder -> disorder.code)));
    }

    /** Asked for at the first visit. */
    private void noteAllergy(CsvTable.Row allergy) {
        if (chart.takeIfDue(allergy, today, Period.ZERO, 1)) {
            ObjectNode reaction = Templates.concept(Templates.SNOMED, allergy.text("reaction"), allergy.text("effect"));
            write(
                    "AllergyIntolerance",
                    Map.of(
                            "code", allergy.concept(Templates.SNOMED),
                            "category", allergy.text("category"),
                            "criticality", allergy.text("criticality"),
                            "reaction", reaction));
        }
    }

    /** Found at the first visit after it began. */
    private void noteChronic(Disorder disorder, LocalDate onset) {
        if (!onset.isAfter(today) && !chart.conditions.containsKey(disorder.key)) {
            diagnose(disorder, onset);
        }
    }

    private void diagnose(Disorder disorder, LocalDate onset) {
        LocalDate over = onset.plusDays(disorder.days);
        boolean active = disorder.isChronic() || over.isAfter(person.lastDay);
        String condition = write(
                "Condition",
                Map.of(
                        "status", active ? "active" : "resolved",
                        "category", disorder.isChronic() ? "problem-list-item" : "encounter-diagnosis",
                        "code", disorder.code,
                        "onset", onset.toString(),
                        "over", active ? "" : over.toString()));
        chart.conditions.put(disorder.key, condition);
        String order = active && !person.deceased ? "active" : "completed";
        MEDICATIONS.stream()
                .filter(row -> row.text("for").equals(disorder.key))
                .filter(row -> random.chance(
                        row.number("chance") * row.rule("likelier").factor(words)))
                .forEach(row -> prescribe(row, condition, order));
    }

    private void prescribe(CsvTable.Row medication, String reason, String status) {
        ObjectNode dosage = dosage(medication.text("dose"), (int) medication.number("daily"));
        write(
                "MedicationRequest",
                Map.of(
                        "status", status,
                        "code", medication.concept(Templates.RXNORM),
                        "reason", reason,
                        "dosage", dosage));
    }

    /** So many times a day, or as needed where that is 0. */
    private static ObjectNode dosage(String text, int timesDaily) {
        return timesDaily == 0
                ? Templates.fill("Dosage", Map.of("text", text, "asNeeded", true))
                : Templates.fill("Dosage", Map.of("text", text, "daily", timesDaily));
    }

    private void observe(Measure measure) {
        List<ObjectNode> components = measure.components().stream()
                .map(part -> Templates.fill("Observation.component", finding(part)))
                .toList();
        Map<String, Object> observation = new HashMap<>();
        if (components.isEmpty()) {
            observation.putAll(finding(measure));
        }
        observation.put("category", measure.category);
        observation.put("code", measure.code);
        observation.put("components", components);
        write("Observation", observation);
    }

    private Map<String, Object> finding(Measure measure) {
        BigDecimal value = reading.value(measure);
        return Map.of(
                "code", measure.code,
                "value", measure.quantity(value),
                "mark", measure.mark(value),
                "low", measure.limit("low").map(measure::quantity),
                "high", measure.limit("high").map(measure::quantity));
    }

    private void give(Care care) {
        Optional<String> reason = chart.conditions.entrySet().stream()
                .filter(noted -> words.contains(noted.getKey()) && care.when.mentions(noted.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        write(care.type, Map.of("code", care.code, "reason", reason));
    }

    private String write(String type, Map<String, ?> more) {
        Map<String, Object> all = new HashMap<>(values);
        all.putAll(more);
        return chart.write(type, all);
    }
}
