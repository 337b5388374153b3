package dev.sluice.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be undone when the benchmark ends, in whatever way: at its end, when it fails, and by Ctrl-C. The last that
 * was begun is the first to go; each step may be one that was done before.
 */
final class Cleanup {
    private static final Deque<AutoCloseable> STEPS = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Cleanup::run));
    }

    private Cleanup() {}

    static synchronized void atEnd(AutoCloseable step) {
        STEPS.push(step);
    }

    private static synchronized void run() {
        for (AutoCloseable step : STEPS) {
            try {
                step.close();
            } catch (Exception e) {
                System.err.println("At the end of the benchmark: " + e);
            }
        }
    }
}
