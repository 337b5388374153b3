package dev.sluice.benchmark;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be undone when the benchmark ends, in whatever way: at its end, when it fails, and by Ctrl-C. The last that
 * was begun is the first to go; each step may be one that was done before.
 */
final class Cleanup {
    private static final Deque<AutoCloseable> STEPS = new ArrayDeque<>();
    private static boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Cleanup::run));
    }

    private Cleanup() {}

    /** What is begun while everything ends is undone at once. */
    static void atEnd(AutoCloseable step) {
        if (!isKept(step)) {
            close(step);
            throw new BenchmarkException("The benchmark was told to end");
        }
    }

    private static synchronized boolean isKept(AutoCloseable step) {
        STEPS.push(step);
        return !ending;
    }

    private static void run() {
        Deque<AutoCloseable> steps;
        synchronized (Cleanup.class) {
            ending = true;
            steps = new ArrayDeque<>(STEPS);
        }
        steps.forEach(Cleanup::close);
    }

    private static void close(AutoCloseable step) {
        try {
            step.close();
        } catch (Exception e) {
            System.err.println("At the end of the benchmark: " + e);
        }
    }
}
