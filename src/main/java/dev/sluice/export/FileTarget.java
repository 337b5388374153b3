package dev.sluice.export;

import dev.sluice.blob.BlobWriter;
import dev.sluice.job.UnitContext;

/**
 * Where the lines of a file of a unit go.
 *
 * @param blob the file
 * @param context of the unit
 * @param faults takes what is odd in single resources
 * @param before bytes that the unit read for the files before this one
 */
record FileTarget(BlobWriter blob, UnitContext context, RowFaults faults, long before) {}
