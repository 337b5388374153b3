package dev.sluice.filter;

/** Of filters that are asked without other resources: they have no links, or the test is at fault. */
final class NoLinks implements ChainResolver {
    static final ChainResolver NONE = new NoLinks();

    private NoLinks() {}

    @Override
    public boolean isTaken(TypeFilter filter, String id) {
        throw new IllegalStateException(filter + " is asked of " + id);
    }

    @Override
    public boolean isReferredTo(ReverseChain referrers, String id) {
        throw new IllegalStateException(referrers + " is asked of " + id);
    }
}
