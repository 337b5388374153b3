package dev.sluice.monitor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the units of a job, in the order of the plan.
 *
 * @param units the units
 * @param next the number after which the next page begins; null = this is the last one
 */
public record UnitPage(List<UnitRow> units, @Nullable Integer next) {}
