package dev.sluice.job;

import java.util.UUID;

/**
 * Published in the transaction in which a job is completed or fails.
 *
 * @param id names the job
 * @param kind which handler ran it
 * @param owner the client that it belongs to
 * @param completed whether it did not fail
 * @param bytes the size of its units
 */
public record JobEnded(UUID id, String kind, String owner, boolean completed, long bytes) {}
