package dev.sluice.benchmark.population;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fixes when a person comes to the clinic in the five years of the sample. */
final class VisitSchedule {
    /** The most days until the first checkup, and between two: within them a chronic disorder is found. */
    static final int LONGEST_WAIT = 400;

    private static final List<CsvTable.Row> KINDS = CsvTable.rows("visits.csv");
    private static final ZoneOffset ZONE = ZoneOffset.ofHours(-5);

    private final Person person;
    private final SeededRandom random;
    private final List<Visit> visits = new ArrayList<>();

    private VisitSchedule(Person person, SeededRandom random) {
        this.person = person;
        this.random = random;
    }

    /** Every visit, the earliest first. */
    static List<Visit> visits(Person person, SeededRandom random) {
        VisitSchedule calendar = new VisitSchedule(person, random);
        calendar.plan();
        calendar.suffer();
        return calendar.visits.stream()
                .sorted(Comparator.comparing(Visit::start))
                .toList();
    }

    /** Checkups, the more often the younger, and follow-ups between them for those with a chronic disorder. */
    private void plan() {
        LocalDate day = person.born.isAfter(Population.FIRST_DAY)
                ? person.born.plusDays(14)
                : Population.FIRST_DAY.plusDays(random.between(3, 300));
        while (!day.isAfter(person.lastDay)) {
            LocalDate today = day;
            double age = person.age(today);
            int wait = (age < 1 ? 61 : age < 2 ? 122 : age < 3 ? 183 : 365) + random.between(-5, 30);
            add(age < 18 ? "well-child" : "checkup", today, Optional.empty());
            if (person.chronic.values().stream().anyMatch(onset -> onset.isBefore(today)) && random.chance(0.6)) {
                add("followup", today.plusDays(wait / 2), Optional.empty());
            }
            day = today.plusDays(wait);
        }
    }

    /** Acute disorders, each with its own luck in each year. */
    private void suffer() {
        for (LocalDate year = Population.FIRST_DAY; year.isBefore(person.lastDay); year = year.plusYears(1)) {
            if (!year.isBefore(person.born)) {
                suffer(year, person.words(year));
            }
        }
    }

    private void suffer(LocalDate year, Set<String> words) {
        for (Disorder disorder : Disorder.ACUTE) {
            if (random.chance(disorder.chance(person.ageWord(year), words))) {
                add(disorder.kind, year.plusDays(random.between(3, 364)), Optional.of(disorder));
            }
        }
    }

    private void add(String name, LocalDate day, Optional<Disorder> reason) {
        boolean emergency = name.equals("emergency");
        LocalDate open = emergency ? day : workday(day);
        int hour = emergency ? random.between(0, 21) : random.between(8, 16);
        int quarter = random.between(0, 3);
        if (!day.isAfter(person.lastDay)) {
            KINDS.stream()
                    .filter(kind -> kind.text("kind").equals(name))
                    .map(kind -> new Visit(kind, open.atTime(hour, 15 * quarter).atOffset(ZONE), reason))
                    .forEach(visits::add);
        }
    }

    /** The day, or the Friday before a weekend. */
    private static LocalDate workday(LocalDate day) {
        return switch (day.getDayOfWeek()) {
            case SATURDAY -> day.minusDays(1);
            case SUNDAY -> day.minusDays(2);
            default -> day;
        };
    }
}
