package dev.sluice.filter;

import java.util.function.Supplier;

/** Thrown if the store fails while a filter looks up other resources. The tested resource is not the cause. */
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

    /** Runs a lookup in the store and wraps its exceptions. */
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
