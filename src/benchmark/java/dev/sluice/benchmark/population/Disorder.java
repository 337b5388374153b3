package dev.sluice.benchmark.population;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A row of disorders.csv: something that people have for good, or catch now and then. */
final class Disorder {
    static final List<Disorder> CHRONIC = rows(true);
    static final List<Disorder> ACUTE = rows(false);

    final String key;
    final ObjectNode code;
    /** "chronic", or the kind of visit at which it is seen. */
    final String kind;
    /** How long it lasts, if it passes. */
    final int days;

    private final CsvTable.Row row;
    private final Rule likelier;

    private Disorder(CsvTable.Row row) {
        this.row = row;
        this.key = row.text("key");
        this.code = row.concept(Templates.SNOMED);
        this.kind = row.text("kind");
        this.days = (int) row.number("days");
        this.likelier = row.rule("likelier");
    }

    private static List<Disorder> rows(boolean chronic) {
        return CsvTable.rows("disorders.csv").stream()
                .map(Disorder::new)
                .filter(disorder -> disorder.isChronic() == chronic)
                .toList();
    }

    /** The chronic disorder of this key. */
    static Optional<Disorder> of(String key) {
        return CHRONIC.stream().filter(disorder -> disorder.key.equals(key)).findFirst();
    }

    boolean isChronic() {
        return kind.equals("chronic");
    }

    /** The share of people of an age who have it, or get it in a year, among those of whom the words are true. */
    double chance(String age, Set<String> words) {
        return row.number(age) * likelier.factor(words);
    }
}
