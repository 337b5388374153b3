package dev.sluice.doctor;

import java.util.List;

/** A check of one topic. It changes nothing that it does not put back. What it throws is a problem. */
public interface Check {
    /** Returns what was found, one or more. */
    List<Finding> run();
}
