package dev.sluice.filter;

/**
 * Gives the chains and {@code _has} clauses of a filter access to other resources.
 *
 * <p>The caller of the filter provides an implementation, which may read the resource or use a set that was built once
 * for the export. All results are as of one time, the export's, so that a unit that is written twice has the same
 * lines. The same call repeats for many rows, so results should be cached. Filters and referrers can be keys:
 * those of equal texts are equal. Implementations must be safe for use by any number of threads.
 */
public interface ChainResolver {
    /**
     * Whether a resource of the filter's type with this id exists and matches the filter. An implementation calls
     * {@link TypeFilter#matches(tools.jackson.databind.node.ObjectNode, ChainResolver)}, because the filter may
     * contain chains itself.
     */
    boolean isTaken(TypeFilter filter, String id);

    /**
     * Whether one of the referrers refers to the resource with this id. {@link ReverseChain#idsIn} returns the targets of
     * a referrer.
     */
    boolean isReferredTo(ReverseChain referrers, String id);
}
