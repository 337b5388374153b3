package dev.sluice.plan;

/**
 * What the filters of a type cost.
 *
 * @param read resources that were read, before filters
 * @param kept of these, those that the filters took
 */
public record FilterCost(long read, long kept) {
    /** The sum of two. */
    public FilterCost plus(FilterCost other) {
        return new FilterCost(read + other.read, kept + other.kept);
    }
}
