package dev.sluice.deid;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How often each rule changed an element. For use by one thread. */
public final class RuleCounts {
    /** The number under which elements are counted that are not as R4 defines them, so that no rule can speak of them. */
    public static final int NOT_R4 = 0;

    private long[] byRule = new long[16];

    /** @param rule its number in the file, from 1, or {@link #NOT_R4} */
    void add(int rule) {
        if (rule >= byRule.length) {
            byRule = Arrays.copyOf(byRule, Math.max(rule + 1, 2 * byRule.length));
        }
        byRule[rule]++;
    }

    /** The counts that are not 0, by the number of the rule in the file. */
    public Map<Integer, Long> byRule() {
        Map<Integer, Long> counts = new TreeMap<>();
        for (int rule = 0; rule < byRule.length; rule++) {
            if (byRule[rule] > 0) {
                counts.put(rule, byRule[rule]);
            }
        }
        return counts;
    }
}
