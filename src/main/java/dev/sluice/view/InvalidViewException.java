package dev.sluice.view;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown if a ViewDefinition is not valid or not supported, with all that is wrong. */
public final class InvalidViewException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ViewFault> faults;

    InvalidViewException(List<ViewFault> faults) {
        super(faults.stream().map(ViewFault::text).collect(Collectors.joining("; ")));
        this.faults = List.copyOf(faults);
    }

    public List<ViewFault> faults() {
        return faults;
    }
}
