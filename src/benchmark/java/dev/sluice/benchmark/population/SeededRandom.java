package dev.sluice.benchmark.population;

import java.util.List;
import java.util.Random;

/**
 * Random numbers that can be repeated: the same seed and stream give the same numbers on every machine.
 *
 * <p>Made of {@link Random}, because its algorithms are part of its specification, down to the last bit.
 */
final class SeededRandom {
    private static final double WIDEST = 2.5;

    private final Random random;

    SeededRandom(long seed, int stream) {
        this.random = new Random(mixed(mixed(seed) + stream));
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A whole number, both ends included. */
    int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** The bell curve around 0, cut off where values would stop being plausible. */
    double bell() {
        double value = random.nextGaussian();
        return Math.max(-WIDEST, Math.min(WIDEST, value));
    }

    /** Spreads seeds that lie close together: Random's first numbers would follow them. */
    private static long mixed(long seed) {
        long bits = (seed ^ (seed >>> 33)) * 0xff51afd7ed558ccdL;
        bits = (bits ^ (bits >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return bits ^ (bits >>> 33);
    }
}
