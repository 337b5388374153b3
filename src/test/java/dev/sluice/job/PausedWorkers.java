package dev.sluice.job;

import dev.sluice.SluiceServer;

/** The workers of a server, which take no steps of jobs until they are resumed. */
public final class PausedWorkers {
    private final Workers workers;

    private PausedWorkers(Workers workers) {
        this.workers = workers;
    }

    /** Pauses the workers of a server. */
    public static PausedWorkers of(SluiceServer server) {
        Workers workers = server.bean(Workers.class);
        workers.pause();
        return new PausedWorkers(workers);
    }

    /** The server takes steps again. */
    public void resume() {
        workers.resume();
    }
}
