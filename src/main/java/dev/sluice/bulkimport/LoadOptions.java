package dev.sluice.bulkimport;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.OwnBases;
import org.jspecify.annotations.Nullable;

/**
 * What a load takes, and how.
 *
 * @param only the one type to take; null for any
 * @param usual what happens to number and time of a version, unless the settings say something else
 * @param bases of absolute references to this server
 * @param deletions whether lines may delete resources; otherwise such a line is a bad line
 */
record LoadOptions(@Nullable ResourceType only, ImportMeta usual, OwnBases bases, boolean deletions) {}
