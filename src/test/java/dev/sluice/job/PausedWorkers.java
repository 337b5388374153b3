package dev.sluice.job;

import dev.sluice.SluiceServer;

/** The workers of a server, which take no steps of jobs until they are resumed. */
public final class PausedWorkers {
    private final Workers workers;
    private final StepQueue queue;

    private PausedWorkers(Workers workers, StepQueue queue) {
        this.workers = workers;
        this.queue = queue;
    }

    /** Pauses the workers of a server. */
    public static PausedWorkers of(SluiceServer server) {
        Workers workers = server.bean(Workers.class);
        workers.pause();
        return new PausedWorkers(workers, server.bean(StepQueue.class));
    }

    /** Whether the server is at work on no step. */
    public boolean isIdle() {
        return queue.isIdle();
    }

    /** The server takes steps again. */
    public void resume() {
        workers.resume();
    }
}
