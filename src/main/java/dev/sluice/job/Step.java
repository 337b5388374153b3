package dev.sluice.job;

import java.util.Locale;

/** What a job needs next. It follows from the job's status. */
enum Step {
    PLAN,
    RUN,
    FINISH,
    ERASE;

    /** The step of a job itself, not of one of its units. */
    static Step of(JobStatus status) {
        return switch (status) {
            case ACCEPTED -> PLAN;
            case RUNNING -> FINISH;
            case COMPLETED -> throw new IllegalArgumentException("A completed job has no step.");
            case FAILED, DISCARDED -> ERASE;
        };
    }

    /** The step in a sentence for people. */
    String text() {
        return this == RUN ? "a unit" : "the step '" + this + "'";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
