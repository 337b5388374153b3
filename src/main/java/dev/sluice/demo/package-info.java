/**
 * Invents the sample population: people with visits, disorders, measurements and medications that fit together, out of
 * the tables and shapes beside the classes. It knows the words of FHIR and nothing of stores, servers or the clock.
 * Start reading at {@link dev.sluice.demo.Population}, then follow one patient through {@code Person}, {@code Calendar}
 * and {@code Chart}.
 */
@NullMarked
package dev.sluice.demo;

import org.jspecify.annotations.NullMarked;
