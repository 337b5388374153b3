package dev.sluice.plan;

/**
 * How many resources the filters of a type read and kept.
 *
 * @param read the number of resources that were read
 * @param kept the number of these that the filters accepted
 */
public record FilterCost(long read, long kept) {
    /** The sum of two. */
    public FilterCost plus(FilterCost other) {
        return new FilterCost(read + other.read, kept + other.kept);
    }
}
