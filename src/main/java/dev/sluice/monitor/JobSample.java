package dev.sluice.monitor;

import java.time.Instant;

/**
 * How far a job was at a time.
 *
 * @param time when
 * @param runningMillis how long it had run, without its pauses
 * @param doneBytes the bytes that were done
 * @param doneRows the rows that were read
 */
public record JobSample(Instant time, long runningMillis, long doneBytes, long doneRows) {}
