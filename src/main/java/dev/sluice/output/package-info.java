/**
 * Writes the files of a unit from the plan of its export. It knows neither how a plan is made nor who runs it, so that any
 * process with a connection to the database and to the storage can write a unit. Start reading at {@link
 * dev.sluice.output.UnitWriter}.
 */
@NullMarked
package dev.sluice.output;

import org.jspecify.annotations.NullMarked;
