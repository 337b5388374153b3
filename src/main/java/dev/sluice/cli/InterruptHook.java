package dev.sluice.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Does something if the process is told to stop, by Ctrl-C or SIGTERM, while the hook is open. What has begun has ended when
 * the hook is closed.
 */
final class InterruptHook implements AutoCloseable {
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean begun;

    InterruptHook(Runnable action) {
        thread = new Thread(
                () -> {
                    begun = true;
                    try {
                        action.run();
                    } finally {
                        ended.countDown();
                    }
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
            awaitEnd(); // the process stops already
        }
    }

    private void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
