/**
 * Writes the files of a unit from the plan of its export. It depends neither on the planner nor on the job engine, so
 * that any process with a connection to the database and to the storage can write a unit. Start reading at {@link
 * dev.sluice.output.UnitWriter}.
 */
@NullMarked
package dev.sluice.output;

import org.jspecify.annotations.NullMarked;
