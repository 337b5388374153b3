package dev.sluice.benchmark.population;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;

/**
 * One visit to the clinic.
 *
 * @param kind a row of visits.csv
 * @param reason the acute disorder that was the reason, if one was
 */
record Visit(CsvTable.Row kind, OffsetDateTime start, Optional<Disorder> reason) {
    LocalDate day() {
        return start.toLocalDate();
    }

    OffsetDateTime end() {
        return start.plusMinutes((long) kind.number("minutes"));
    }

    /** The words of the tables that are true of a person at this visit. */
    Set<String> words(Person person) {
        Set<String> words = person.words(day());
        words.add(kind.text("word"));
        reason.ifPresent(disorder -> words.add(disorder.key));
        return words;
    }
}
