package dev.sluice.monitor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a job.
 *
 * @param time when
 * @param change what, such as {@code unit-failed}
 * @param unit the number of the unit, from 1; null = it is about the job
 * @param process the process that did the step; null = not known
 * @param tries how often the step had been started by then; null = not known
 * @param text a sentence for people
 */
public record JobEvent(
        Instant time,
        String change,
        @Nullable Integer unit,
        @Nullable String process,
        @Nullable Integer tries,
        String text) {}
