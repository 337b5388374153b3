/**
 * Plans an export: which rows it takes, and in which files. It owns the working tables of a job. Start reading at {@link
 * dev.sluice.planner.ExportPlanner}.
 */
@NullMarked
package dev.sluice.planner;

import org.jspecify.annotations.NullMarked;
