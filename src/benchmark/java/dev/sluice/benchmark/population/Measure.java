package dev.sluice.benchmark.population;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A row of measures.csv: something that is measured at some visits. */
final class Measure {
    private static final List<Measure> ROWS =
            CsvTable.rows("measures.csv").stream().map(Measure::new).toList();

    /** Those that are observations of their own: components are left out. */
    static final List<Measure> ALL =
            ROWS.stream().filter(measure -> !measure.row.has("in")).toList();

    final String key;
    final String category;
    final ObjectNode code;
    final int digits;
    final Rule when;
    final Period every;
    /** How far people lie apart, as a share of the mean. */
    final double betweenPeople;
    /** How far the visits of one person lie apart, as a share of the mean. */
    final double betweenVisits;

    private final CsvTable.Row row;
    private final Rule shift;

    private Measure(CsvTable.Row row) {
        this.row = row;
        this.key = row.text("key");
        this.category = row.text("category");
        this.code = row.concept(Templates.LOINC);
        this.digits = (int) row.number("digits");
        this.when = row.rule("when");
        this.every = row.period("every");
        this.betweenPeople = row.number("person");
        this.betweenVisits = row.number("visit");
        this.shift = row.rule("shift");
    }

    static Measure of(String key) {
        return ROWS.stream()
                .filter(measure -> measure.key.equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** What it consists of; nothing for most. */
    List<Measure> components() {
        return ROWS.stream()
                .filter(measure -> measure.row.text("in").equals(key))
                .toList();
    }

    /** The mean among people like this one, of whom the words are true that day. */
    double mean(Person person, LocalDate day, Set<String> words) {
        String mean = row.text("mean");
        double healthy = Character.isDigit(mean.charAt(0))
                ? Double.parseDouble(mean)
                : GrowthCurves.mean(mean, person.gender, person.age(day));
        return healthy * shift.factor(words);
    }

    ObjectNode quantity(BigDecimal value) {
        return Templates.fill("Quantity", Map.of("value", value, "unit", row.text("unit"), "ucum", row.text("ucum")));
    }

    /** An end of the range of healthy people: the column "low" or "high", where it is not open. */
    Optional<BigDecimal> limit(String end) {
        return row.has(end) ? Optional.of(new BigDecimal(row.text(end))) : Optional.empty();
    }

    /** How a laboratory marks a value: low, high or normal; empty where there is no range. */
    String mark(BigDecimal value) {
        boolean low = limit("low").filter(limit -> value.compareTo(limit) < 0).isPresent();
        boolean high = limit("high").filter(limit -> value.compareTo(limit) > 0).isPresent();
        boolean range = row.has("low") || row.has("high");
        return low ? "L" : high ? "H" : range ? "N" : "";
    }
}
