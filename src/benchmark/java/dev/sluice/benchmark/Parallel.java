package dev.sluice.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Several things at the same time. */
final class Parallel {
    private Parallel() {}

    /** Does all of them on some threads, and returns what comes of each when all are done. */
    static <T, R> List<R> each(List<T> inputs, int threads, Function<T, R> work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<R>> futures = inputs.stream()
                    .map(input -> executor.submit(() -> work.apply(input)))
                    .toList();
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new BenchmarkException("One of several streams failed", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        } finally {
            executor.shutdownNow();
        }
    }
}
