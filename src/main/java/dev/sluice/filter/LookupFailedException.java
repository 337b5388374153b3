package dev.sluice.filter;

import java.util.function.Supplier;

/** The store could not answer what a filter asked. That is no fault of the resource that the filter looks at. */
final class LookupFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RuntimeException fault;

    private LookupFailedException(RuntimeException fault) {
        super(fault);
        this.fault = fault;
    }

    /** The exception of the store. */
    RuntimeException fault() {
        return fault;
    }

    /** What the store answers. */
    static <T> T wrap(Supplier<T> lookup) {
        try {
            return lookup.get();
        } catch (LookupFailedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new LookupFailedException(e);
        }
    }
}
