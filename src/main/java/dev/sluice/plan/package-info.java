/**
 * The plan of an export: which rows are read, and into which files they are written. The planner makes it once and
 * records it with the job; all later steps read it. Start reading at {@link dev.sluice.plan.ExportPlan}.
 */
@NullMarked
package dev.sluice.plan;

import org.jspecify.annotations.NullMarked;
