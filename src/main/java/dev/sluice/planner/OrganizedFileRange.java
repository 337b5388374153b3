package dev.sluice.planner;

import dev.sluice.store.KeyRange;

/**
 * The lines of one file of an export in blocks.
 *
 * @param lines their numbers in the plan, and their rows and bytes, headers aside
 * @param goesOn whether the last block goes on in the next file
 */
public record OrganizedFileRange(KeyRange lines, boolean goesOn) {}
