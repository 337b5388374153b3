package dev.sluice.viewexport;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The patients of whom the rows of a view tell something, by their numbers. It has a bit for each number up to the highest.
 * For one thread.
 */
final class RunPatients {
    /** The patients that are passed on at a time. */
    private static final int BATCH = 1_000;

    private final BitSet certain = new BitSet();
    private final BitSet possible = new BitSet();

    /**
     * Adds patients.
     *
     * @param included whether the answer has something of them; otherwise it tells at most that the view has no rows of them
     */
    void add(Integer[] numbers, boolean included) {
        for (int number : numbers) {
            (included ? certain : possible).set(number);
        }
    }

    /**
     * Passes on each patient once, in batches.
     *
     * @param taker takes numbers, and whether these patients are included for certain
     */
    void each(BiConsumer<Integer[], Boolean> taker) {
        BitSet others = (BitSet) possible.clone();
        others.andNot(certain);
        pass(certain, true, taker);
        pass(others, false, taker);
    }

    private static void pass(BitSet numbers, boolean included, BiConsumer<Integer[], Boolean> taker) {
        List<Integer> batch = new ArrayList<>(BATCH);
        for (int number = numbers.nextSetBit(0); number >= 0; number = numbers.nextSetBit(number + 1)) {
            batch.add(number);
            if (batch.size() == BATCH) {
                taker.accept(batch.toArray(Integer[]::new), included);
                batch.clear();
            }
        }
        if (!batch.isEmpty()) {
            taker.accept(batch.toArray(Integer[]::new), included);
        }
    }
}
