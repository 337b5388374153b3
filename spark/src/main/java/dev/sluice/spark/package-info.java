/** Runs the jobs of Sluice in the tasks of Apache Spark. Uses the server by its jar only. */
@NullMarked
package dev.sluice.spark;

import org.jspecify.annotations.NullMarked;
