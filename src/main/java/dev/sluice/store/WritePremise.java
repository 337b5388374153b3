package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.util.List;
import java.util.Map;

/**
 * What a writer has read before it decided what to write, such as that no resource has an identifier yet. {@link RowWriter}
 * asks for it again in the transaction that writes.
 *
 * <p>First all locks are taken. So two writers that decide on the same thing, in whatever processes, write one after the
 * other, and the second one sees what the first one wrote.
 */
public interface WritePremise {
    /** Nothing was read. */
    WritePremise NONE = new WritePremise() {
        @Override
        public List<Lock> locks() {
            return List.of();
        }

        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public Map<ResourceKey, Integer> versions() {
            return Map.of();
        }
    };

    /**
     * Something that writers decide on.
     *
     * @param number tells it from others; two that share a number only wait for each other
     * @param exclusive whether the write changes it; else the writer needs that nobody changes it meanwhile
     */
    record Lock(int number, boolean exclusive) {}

    /** What to lock, in any order. */
    List<Lock> locks();

    /** Whether what was read is still so; asked in the transaction that writes, on its connection. */
    boolean holds();

    /** Which versions were current of the resources that are written, as far as that matters; 0 of one that never was. */
    Map<ResourceKey, Integer> versions();

    /** The decision rests on what is no longer so; nothing was written, and the writer may read and decide again. */
    final class OutdatedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutdatedException() {
            super("another writer has changed what this write was decided on");
        }
    }
}
