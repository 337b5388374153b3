package dev.sluice.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Clients that send their requests again and again until the load is closed. Each of them waits for its own answers. */
final class Load implements AutoCloseable {
    private static final int MOST_CLIENTS = 32;

    private final Tally tally;
    private final List<Future<?>> clients = new ArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(MOST_CLIENTS);

    Load(Tally tally) {
        this.tally = tally;
    }

    /** What a client does each time. */
    interface Turn {
        void take() throws IOException, InterruptedException;
    }

    /** Begins with a client that pauses for this time after each turn. */
    void every(long pauseMillis, String client, Turn turn) {
        clients.add(threads.scheduleWithFixedDelay(
                () -> take(client, turn), pauseMillis, pauseMillis, TimeUnit.MILLISECONDS));
    }

    private void take(String client, Turn turn) {
        try {
            turn.take();
        } catch (InterruptedException e) {
            tally.fault(client, "still waits when the load has ended");
        } catch (IOException | RuntimeException e) {
            tally.fault(client, e.toString());
        }
    }

    /** Lets each client end its turn. */
    @Override
    public void close() {
        clients.forEach(client -> client.cancel(false));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(3, TimeUnit.MINUTES)) {
                threads.shutdownNow();
                tally.fault("load", "a client does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
