package dev.sluice.filter;

/**
 * Answers what the chains and the {@code _has} of a filter ask about other resources.
 *
 * <p>The caller of the filter provides it, and decides how to answer: by reading the resource in question, or by looking it
 * up in a set that was made once for the whole export. All answers are about the resources that were current at one time,
 * the export's, so that doing a unit twice gives the same lines. The same question comes for row after row: keep answers.
 * Filters and referrers are equal when their texts are, so they serve as keys. Any number of threads may use it at once.
 */
public interface LinkedResources {
    /**
     * Whether there is a resource of the filter's type and of this id that the filter takes. Asks with {@link
     * TypeFilter#matches(tools.jackson.databind.node.ObjectNode, LinkedResources)}, for such a filter may have links of
     * its own.
     */
    boolean isTaken(TypeFilter filter, String id);

    /**
     * Whether one of the referrers refers to the resource of this id. {@link Referrers#idsIn} tells to which resources one
     * of them refers.
     */
    boolean isReferredTo(Referrers referrers, String id);
}
