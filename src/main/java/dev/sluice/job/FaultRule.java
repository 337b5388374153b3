package dev.sluice.job;

import java.util.Optional;

/**
 * Says what the exceptions of a component mean for a job. The engine knows no other component, so the application gives
 * it one rule for each that throws exceptions of its own. Called by any number of threads.
 */
@FunctionalInterface
public interface FaultRule {
    /** The cause of what a process of a newer version can do, and this one never can. */
    String NEWER_VERSION = "version";

    /** What an exception means, its causes left aside; empty if it is no exception of the component. */
    Optional<Verdict> judge(Throwable exception);

    /**
     * What an exception means.
     *
     * @param temporary whether the same step may succeed when it is tried again later
     * @param sentence what happened, for the client; without SQL and without data of patients
     * @param cause which part of the system it is, in one word, for metrics
     */
    record Verdict(boolean temporary, String sentence, String cause) {}
}
