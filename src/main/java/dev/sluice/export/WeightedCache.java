package dev.sluice.export;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the values that were used last, as many as a sum of weights allows; the newest one is kept whatever it weighs. Safe
 * for use by any number of threads.
 */
final class WeightedCache<K, V> {
    private final long most;
    private final ToLongFunction<V> weight;
    private final Map<K, V> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long sum;

    WeightedCache(long most, ToLongFunction<V> weight) {
        this.most = most;
        this.weight = weight;
    }

    synchronized @Nullable V find(K key) {
        return kept.get(key);
    }

    synchronized void put(K key, V value) {
        V before = kept.put(key, value);
        sum += weight.applyAsLong(value) - (before == null ? 0 : weight.applyAsLong(before));
        Iterator<V> eldest = kept.values().iterator();
        while (sum > most && kept.size() > 1) {
            sum -= weight.applyAsLong(eldest.next());
            eldest.remove();
        }
    }
}
