package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.util.List;
import java.util.Map;

/**
 * A fact that a writer has read and on which its changes depend, for example that no resource has an identifier yet.
 * {@link RowWriter} checks it again in the transaction that writes.
 *
 * <p>All locks are taken first. So two writers that depend on the same fact, in any processes, write one after the
 * other, and the second one sees the changes of the first.
 */
public interface WritePremise {
    /** The premise of a writer that has read nothing. */
    WritePremise NONE = () -> true;

    /**
     * The lock of a fact on which writers depend.
     *
     * @param number the key of the lock; two facts with the same number only wait for each other
     * @param exclusive whether the write changes the fact; otherwise the writer only prevents changes by other writers
     */
    record Lock(int number, boolean exclusive) {}

    /** The locks to take, in any order. */
    default List<Lock> locks() {
        return List.of();
    }

    /** Whether the fact still holds; checked in the transaction that writes, on its connection. */
    boolean holds();

    /**
     * Called when everything is written, as the last statement of the transaction: what it writes is committed with the
     * changes, or not at all. An exception rolls all back. It is called again if the transaction is repeated.
     *
     * @param results the result of each change, in their order
     */
    default void written(List<WriteResult> results) {}

    /**
     * The current versions that were read of the resources to be written, as far as they matter; 0 if a resource never
     * existed.
     */
    default Map<ResourceKey, Integer> versions() {
        return Map.of();
    }

    /** Thrown if the premise no longer holds. Nothing was written; the writer may read and decide again. */
    final class OutdatedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutdatedException() {
            super("another writer has changed what this write was decided on");
        }
    }
}
