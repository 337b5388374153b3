package dev.sluice.filter;

/** Of filters that are asked without other resources: they have no links, or the test is at fault. */
final class NoLinks implements LinkedResources {
    static final LinkedResources NONE = new NoLinks();

    private NoLinks() {}

    @Override
    public boolean isTaken(TypeFilter filter, String id) {
        throw new IllegalStateException(filter + " is asked of " + id);
    }

    @Override
    public boolean isReferredTo(Referrers referrers, String id) {
        throw new IllegalStateException(referrers + " is asked of " + id);
    }
}
