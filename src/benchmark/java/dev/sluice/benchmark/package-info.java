/**
 * The benchmark: {@code ./mvnw -Pbench verify}. It speaks HTTP to servers of their own processes, and JDBC for the physical
 * bound beside them; of Sluice's code it uses the JSON set-up only. Start reading at {@link
 * dev.sluice.benchmark.Benchmark}.
 */
@NullMarked
package dev.sluice.benchmark;

import org.jspecify.annotations.NullMarked;
