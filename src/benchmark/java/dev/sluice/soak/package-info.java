/**
 * An hour of mixed load on one server with a small heap: {@code ./mvnw verify -Pbenchmark,soak}. It shows that the memory,
 * threads, files and connections of the server do not grow. Start reading at {@code SoakTest}.
 */
@NullMarked
package dev.sluice.soak;

import org.jspecify.annotations.NullMarked;
