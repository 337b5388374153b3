package dev.sluice.benchmark.population;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Somebody who was drawn: when born, followed until when, and which chronic disorders began when. */
final class Person {
    private static final List<CsvTable.Row> ALLERGIES = CsvTable.rows("allergies.csv");

    /** The number with four digits or more, as ids have it. */
    final String number;

    final String gender;
    final LocalDate born;
    final boolean deceased;
    /** The day of death, or the last day of the sample. */
    final LocalDate lastDay;

    final Optional<CsvTable.Row> allergy;
    final Map<Disorder, LocalDate> chronic = new LinkedHashMap<>();
    private final Set<String> traits = new HashSet<>();

    Person(int number, SeededRandom random) {
        int oldest = random.between(60, 95);
        int age = random.between(1, oldest);
        this.number = String.format(Locale.ROOT, "%04d", number);
        this.gender = random.chance(0.51) ? "female" : "male";
        this.born = Population.LAST_DAY.minusYears(age).minusDays(random.between(0, 364));
        this.deceased = age >= 50 && random.chance(0.12);
        this.lastDay = deceased ? Population.LAST_DAY.minusDays(random.between(30, 700)) : Population.LAST_DAY;
        this.allergy = ALLERGIES.stream()
                .filter(row -> random.chance(row.number("chance")))
                .findFirst();
        traits.add(gender);
        allergy.ifPresent(row -> traits.add(row.text("key")));
        Disorder.CHRONIC.forEach(disorder -> suffer(disorder, random));
    }

    String id() {
        return "patient-" + number;
    }

    /** The age in years, with its fraction. */
    double age(LocalDate day) {
        return ChronoUnit.DAYS.between(born, day) / 365.25;
    }

    boolean isAdult(LocalDate day) {
        return age(day) >= 18;
    }

    /** The word of the tables for the age. */
    String ageWord(LocalDate day) {
        double age = age(day);
        return age < 18 ? "child" : age < 40 ? "young" : age < 65 ? "middle" : "old";
    }

    /** The words of the tables that are true of this person on a day. */
    Set<String> words(LocalDate day) {
        Set<String> words = new HashSet<>(traits);
        words.add(age(day) < 3 ? "infant" : ageWord(day));
        if (isAdult(day)) {
            words.add("adult");
        }
        chronic.forEach((disorder, onset) -> {
            if (!onset.isAfter(day)) {
                words.add(disorder.key);
            }
        });
        return words;
    }

    boolean has(String disorder) {
        return chronic.keySet().stream().anyMatch(one -> one.key.equals(disorder));
    }

    /** Lets a disorder begin in the last third of the life, and early enough for a checkup to come after it. */
    private void suffer(Disorder disorder, SeededRandom random) {
        Set<String> words = new HashSet<>(traits);
        chronic.keySet().forEach(earlier -> words.add(earlier.key));
        if (random.chance(disorder.chance(ageWord(lastDay), words))) {
            int life = Math.toIntExact(ChronoUnit.DAYS.between(born, lastDay));
            int ago = random.between(VisitSchedule.LONGEST_WAIT, Math.max(VisitSchedule.LONGEST_WAIT, life / 3));
            chronic.put(disorder, lastDay.minusDays(Math.min(ago, life)));
        }
    }
}
