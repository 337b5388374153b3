/**
 * Generates the sample population: people with visits, disorders, measurements and medications that fit together, from
 * the tables and templates beside the classes. It knows the words of FHIR and no store, server or clock. Start reading at
 * {@link dev.sluice.benchmark.population.Population}, then follow one patient through {@code Person}, {@code VisitSchedule}
 * and {@code PatientChart}.
 */
@NullMarked
package dev.sluice.benchmark.population;

import org.jspecify.annotations.NullMarked;
