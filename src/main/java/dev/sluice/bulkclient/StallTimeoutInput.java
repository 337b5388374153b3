package dev.sluice.bulkclient;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The body of a response, which may take any time in total. If nothing arrives for some time, reading fails. */
final class StallTimeoutInput extends FilterInputStream {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final Duration longest;
    private volatile boolean stalled;

    /** @param longest time between two bytes */
    StallTimeoutInput(InputStream body, Duration longest) {
        super(body);
        this.longest = longest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Future<?> limit = TIMER.schedule(this::closeStalled, longest.toMillis(), TimeUnit.MILLISECONDS);
        try {
            int read = super.read(buffer, offset, length);
            if (!stalled) {
                return read;
            }
        } catch (IOException e) {
            if (!stalled) {
                throw e;
            }
        } finally {
            limit.cancel(false);
        }
        throw new IOException("the server sent nothing for " + longest.toSeconds() + " seconds");
    }

    private void closeStalled() {
        stalled = true;
        try {
            close();
        } catch (IOException e) {
            // The reader is told anyway.
        }
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "stalled-bodies");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
