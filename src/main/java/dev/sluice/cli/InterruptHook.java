package dev.sluice.cli;

/** Does something if the process is told to stop, by Ctrl-C or SIGTERM, while the hook is open. */
final class InterruptHook implements AutoCloseable {
    private final Thread thread;
    private volatile boolean begun;

    InterruptHook(Runnable action) {
        thread = new Thread(
                () -> {
                    begun = true;
                    action.run();
                },
                "interrupted");
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** Whether the process has been told to stop. */
    boolean isRunning() {
        return begun;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process stops already.
        }
    }
}
