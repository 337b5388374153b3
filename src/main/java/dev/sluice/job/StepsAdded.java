package dev.sluice.job;

/**
 * Steps of a job of this kind can be taken once the transaction is committed. The threads of this process then look at
 * once; those of others find them at their next look.
 */
record StepsAdded(String kind) {}
