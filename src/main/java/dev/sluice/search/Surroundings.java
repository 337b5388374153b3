package dev.sluice.search;

import tools.jackson.databind.node.ObjectNode;

/**
 * What lies around a resource while a filter looks at it.
 *
 * @param container the resource that it is contained in, or itself
 * @param linked the other resources
 */
record Surroundings(ObjectNode container, LinkedResources linked) {
    /** Of filters that were asked without other resources: they have no links, or the caller is at fault. */
    static final LinkedResources NONE = new LinkedResources() {
        @Override
        public boolean isTaken(TypeFilter filter, String id) {
            throw new IllegalStateException("Only with LinkedResources can " + filter + " be asked of " + id);
        }

        @Override
        public boolean isReferredTo(Referrers referrers, String id) {
            throw new IllegalStateException("Only with LinkedResources can " + referrers + " be asked of " + id);
        }
    };
}
