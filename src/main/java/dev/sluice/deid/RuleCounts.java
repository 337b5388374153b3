package dev.sluice.deid;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How often each rule changed an element, and how many resources no rule could be applied to. For use by one thread. */
public final class RuleCounts {
    /** The number under which elements are counted that are not as R4 defines them, so that no rule can speak of them. */
    public static final int NOT_R4 = 0;

    /** The number under which resources are counted of which only the type remains, since a rule could not be applied. */
    public static final int EMPTIED = -1;

    private long[] byRule = new long[16];
    private long emptied;

    /** @param rule its number in the file, from 1, or {@link #NOT_R4} */
    void add(int rule) {
        if (rule >= byRule.length) {
            byRule = Arrays.copyOf(byRule, Math.max(rule + 1, 2 * byRule.length));
        }
        byRule[rule]++;
    }

    void addEmptied() {
        emptied++;
    }

    /** The counts that are not 0, by the number of the rule in the file, or {@link #NOT_R4} or {@link #EMPTIED}. */
    public Map<Integer, Long> byRule() {
        Map<Integer, Long> counts = new TreeMap<>();
        if (emptied > 0) {
            counts.put(EMPTIED, emptied);
        }
        for (int rule = 0; rule < byRule.length; rule++) {
            if (byRule[rule] > 0) {
                counts.put(rule, byRule[rule]);
            }
        }
        return counts;
    }
}
