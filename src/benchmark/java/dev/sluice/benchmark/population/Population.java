package dev.sluice.benchmark.population;

import dev.sluice.fhir.FhirJson;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * An invented population of any size, the same one for the same seed: clinics and their staff, then each patient with
 * five years of care, then three groups of patients.
 *
 * <p>Everything about a patient is drawn from the seed and the patient's number alone, so a larger population begins
 * with the patients of a smaller one. The resources are valid FHIR R4; a reference always names a resource that came
 * before it. Nobody is meant: names, addresses and numbers are put together at random.
 *
 * <p>Safe for use by any number of threads; each stream belongs to one.
 */
public final class Population {
    /** The last day of the sample. Dates hang on it and never on the clock, so that the bytes stay the same. */
    public static final LocalDate LAST_DAY = LocalDate.of(2025, 6, 30);

    static final LocalDate FIRST_DAY = LAST_DAY.minusYears(5);

    private final long seed;
    private final int patients;

    private Population(long seed, int patients) {
        this.seed = seed;
        this.patients = patients;
    }

    /** The population of this seed with this number of patients, 0 or more. */
    public static Population of(long seed, int patients) {
        if (patients < 0) {
            throw new IllegalArgumentException(
                    "A population cannot have " + patients + " patients; ask for 0 or more.");
        }
        return new Population(seed, patients);
    }

    /** Every resource, made when it is asked for: one patient at a time is held, however many there are. */
    public Stream<ObjectNode> resources() {
        Stream<ObjectNode> charts = numbers().mapToObj(this::chart).flatMap(List::stream);
        Stream<ObjectNode> groups = Stream.of(this).flatMap(Population::groups);
        return Stream.concat(Stream.concat(staff(), charts), groups);
    }

    private static Stream<ObjectNode> staff() {
        return CsvTable.read("staff.ndjson").lines().map(line -> (ObjectNode) FhirJson.MAPPER.readTree(line));
    }

    private List<ObjectNode> chart(int number) {
        SeededRandom random = new SeededRandom(seed, number);
        return PatientChart.of(new Person(number, random), random);
    }

    /** Draws the people a second time, without their charts, so that nobody has to be remembered until now. */
    private Stream<ObjectNode> groups() {
        return Groups.of(numbers().mapToObj(number -> new Person(number, new SeededRandom(seed, number))));
    }

    private IntStream numbers() {
        return IntStream.rangeClosed(1, patients);
    }
}
