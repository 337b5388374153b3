package dev.sluice.filter;

import java.util.Arrays;

/**
 * A set of numbers that grows up to a limit. It takes eight bytes for each number, or up to twice as many while it grows.
 * Not safe for use by several threads.
 */
final class LongSet {
    private static final int FIRST = 1 << 10;

    private final int limit;
    private long[] numbers;

    /** The numbers before this position; some may be equal. */
    private int end;

    /** Whether there are as many different numbers as may be, in ascending order. */
    private boolean full;

    LongSet(long limit) {
        this.limit = (int) Math.max(0, Math.min(limit, Integer.MAX_VALUE / 2));
        this.numbers = new long[Math.min(FIRST, this.limit)];
    }

    /** Adds a number; false if there is no room for it. */
    boolean add(long number) {
        if (end == numbers.length && !full) {
            compact();
            if (end > numbers.length / 2) {
                numbers = Arrays.copyOf(numbers, (int) Math.min(limit, 2L * numbers.length));
            }
            full = end == numbers.length;
        }
        if (full) {
            return Arrays.binarySearch(numbers, number) >= 0;
        }
        numbers[end++] = number;
        return true;
    }

    /** The numbers in ascending order, each once. */
    long[] toArray() {
        compact();
        return Arrays.copyOf(numbers, end);
    }

    private void compact() {
        Arrays.sort(numbers, 0, end);
        int kept = 0;
        for (int i = 0; i < end; i++) {
            if (i == 0 || numbers[i] != numbers[i - 1]) {
                numbers[kept++] = numbers[i];
            }
        }
        end = kept;
    }
}
