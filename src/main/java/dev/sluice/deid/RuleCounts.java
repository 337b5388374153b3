package dev.sluice.deid;

import java.util.Map;
import java.util.TreeMap;

/** How often each rule changed an element. For use by one thread. */
public final class RuleCounts {
    private final Map<Integer, Long> byRule = new TreeMap<>();

    /** @param rule its number in the file, from 1 */
    void add(int rule) {
        byRule.merge(rule, 1L, Long::sum);
    }

    /** The counts by the number of the rule in the file, from 1. */
    public Map<Integer, Long> byRule() {
        return Map.copyOf(byRule);
    }
}
