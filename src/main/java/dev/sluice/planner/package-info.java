/**
 * Plans an export: the rows that it reads, and the files that it writes. It owns the working tables of a job. Start
 * reading at {@link dev.sluice.planner.ExportPlanner}.
 */
@NullMarked
package dev.sluice.planner;

import org.jspecify.annotations.NullMarked;
