package dev.sluice.view;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a view, so that its author gets all of it at once. For use by one thread. */
final class FaultList {
    /** A view with so many faults has the same one many times. */
    private static final int MOST = 100;

    private final List<ViewFault> faults = new ArrayList<>();
    private final List<ViewFault> warnings = new ArrayList<>();

    void add(String element, String message) {
        faults.add(new ViewFault(element, message));
        if (faults.size() >= MOST) {
            throw new InvalidViewException(faults);
        }
    }

    void warn(String element, String message) {
        ViewFault warning = new ViewFault(element, message);
        if (warnings.size() < MOST && !warnings.contains(warning)) {
            warnings.add(warning);
        }
    }

    List<ViewFault> warnings() {
        return List.copyOf(warnings);
    }

    boolean isEmpty() {
        return faults.isEmpty();
    }

    void throwIfAny() {
        if (!faults.isEmpty()) {
            throw new InvalidViewException(faults);
        }
    }
}
