/**
 * The plan of an export: what is read, and into which files it is written. It is made once, recorded with the job, and read
 * by everything that comes later. Start reading at {@link dev.sluice.plan.ExportPlan}.
 */
@NullMarked
package dev.sluice.plan;

import org.jspecify.annotations.NullMarked;
