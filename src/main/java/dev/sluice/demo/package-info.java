/**
 * Loads the sample population, a compressed NDJSON file beside the classes, into an empty store. Start reading at {@code
 * DemoLoader}. The program that makes the file belongs to the benchmark.
 */
@NullMarked
package dev.sluice.demo;

import org.jspecify.annotations.NullMarked;
