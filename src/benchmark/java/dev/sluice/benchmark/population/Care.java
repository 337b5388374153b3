package dev.sluice.benchmark.population;

import java.time.LocalDate;
import java.time.Period;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A row of care.csv: a vaccine or a procedure that is due at some visits. */
final class Care {
    static final List<Care> ALL =
            CsvTable.rows("care.csv").stream().map(Care::new).toList();

    /** The resource type: Immunization or Procedure. */
    final String type;

    final ObjectNode code;
    final Rule when;
    final Period every;
    final int times;
    final double chance;
    private final Period from;
    private final Period until;

    private Care(CsvTable.Row row) {
        this.type = row.text("type");
        this.code = row.concept(type.equals("Immunization") ? Templates.CVX : Templates.SNOMED);
        this.when = row.rule("when");
        this.every = row.period("every");
        this.times = (int) row.number("times");
        this.chance = row.number("chance");
        this.from = row.period("from");
        this.until = row.period("until");
    }

    /** Whether it is meant for a person of this birth date, of whom these words are true today. */
    boolean isFor(LocalDate born, LocalDate today, Set<String> words) {
        return when.holds(words) && !today.isBefore(born.plus(from)) && today.isBefore(born.plus(until));
    }
}
