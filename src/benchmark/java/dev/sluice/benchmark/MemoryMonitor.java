package dev.sluice.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks at the memory of a process again and again, until it is told to end. */
final class MemoryMonitor {
    private final List<double[]> samples = new ArrayList<>();
    private final AtomicBoolean on = new AtomicBoolean(true);
    private final Thread thread;

    /**
     * The resident memory at one time.
     *
     * @param percent how much of the time of the watch had passed
     */
    record Sample(double percent, double bytes) {}

    private MemoryMonitor(long pid, int millis) {
        thread = new Thread(() -> {
            while (on.get()) {
                samples.add(new double[] {System.nanoTime(), ProcessUsage.resident(pid)});
                Client.pause(millis);
            }
        });
    }

    static MemoryMonitor watch(long pid, int millis) {
        MemoryMonitor memory = new MemoryMonitor(pid, millis);
        memory.thread.setDaemon(true);
        memory.thread.start();
        return memory;
    }

    /** What was seen, without the times at which the memory was unknown. */
    List<Sample> end() {
        on.set(false);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
        double first = samples.get(0)[0];
        double span = Math.max(1, samples.get(samples.size() - 1)[0] - first);
        return samples.stream()
                .filter(sample -> !Double.isNaN(sample[1]))
                .map(sample -> new Sample(100 * (sample[0] - first) / span, sample[1]))
                .toList();
    }
}
