package dev.sluice.deid;

/** Reads keys that rule files do not hold. */
@FunctionalInterface
public interface KeySource {
    /**
     * The key as text.
     *
     * @throws InvalidRulesException if rule files may not use this reference, or nothing usable is there. The message has
     *     the reference and what to do, and nothing of the key.
     */
    String read(KeyReference reference);
}
