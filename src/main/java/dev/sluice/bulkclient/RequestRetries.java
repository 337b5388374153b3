package dev.sluice.bulkclient;

import dev.sluice.fhir.Plural;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests again after faults that can pass, after the time that the server asks for, or after 1, 2, 4, … 60 seconds.
 * It gives up if there was no success for a limited time. Safe for use by any number of threads.
 */
public final class RequestRetries {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** A server that asks for less, as with a date that has passed, asks for no pause; then the own one is better. */
    private static final Duration SHORTEST_ASKED = Duration.ofMillis(500);

    /** In bytes. A server that breaks off each time after less is not one that works. */
    private static final long SUCCESS = 64 << 10;

    private final Duration patience;
    private final ExportListener listener;
    private final Clock clock;
    private final Pauses pauses;

    /** How time passes; tests let it pass faster. */
    interface Pauses {
        void sleep(Duration time) throws InterruptedException;

        long nanoTime();
    }

    private enum RealPauses implements Pauses {
        INSTANCE;

        @Override
        public void sleep(Duration time) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }

    /** A request that may fail. */
    public interface Attempt<T> {
        /** Sends the request, and returns its result. */
        T send() throws IOException;
    }

    /**
     * @param patience how long faults may last
     * @param listener is told of each fault
     * @param clock for dates of servers that do not say what time it is
     */
    public RequestRetries(Duration patience, ExportListener listener, Clock clock) {
        this(patience, listener, clock, RealPauses.INSTANCE);
    }

    RequestRetries(Duration patience, ExportListener listener, Clock clock, Pauses pauses) {
        this.patience = patience;
        this.listener = listener;
        this.clock = clock;
        this.pauses = pauses;
    }

    ExportListener listener() {
        return listener;
    }

    Instant now() {
        return clock.instant();
    }

    /** The result of a request; what names the request in sentences, such as {@code The request for the status}. */
    public <T> T run(String what, Attempt<T> attempt) {
        Series series = new Series();
        while (true) {
            try {
                return attempt.send();
            } catch (IOException e) {
                series.failed(lost(what, e));
            } catch (BulkClientException e) {
                series.failed(e);
            }
        }
    }

    /** The fault of a request without an answer, which can pass. */
    static BulkClientException lost(String what, IOException e) {
        String reason = e instanceof ConnectException
                ? "the server cannot be reached"
                : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return BulkClientException.temporary(what + " failed: " + reason + ".", Optional.empty());
    }

    /** Waits. */
    void pause(Duration time) {
        try {
            pauses.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BulkClientException.failed("The command was interrupted.");
        }
    }

    long nanoTime() {
        return pauses.nanoTime();
    }

    /** Requests for one thing, one after the other. For use by one thread. */
    final class Series {
        private int faults;
        private long firstFault;
        private long received;

        /**
         * A part of what is requested has come, which had not come before. From {@value #SUCCESS} bytes on since the first
         * fault, that is a success.
         */
        void received(long bytes) {
            received += bytes;
            if (received >= SUCCESS) {
                faults = 0;
            }
        }

        /** Waits for the next attempt, or throws the fault if there must be none. */
        void failed(BulkClientException fault) {
            if (fault.kind() != BulkClientException.Kind.TEMPORARY
                    || Thread.currentThread().isInterrupted()) {
                throw fault;
            }
            if (faults == 0) {
                firstFault = nanoTime();
                received = 0;
            }
            faults++;
            Duration pause = fault.retryAfter()
                    .filter(asked -> asked.compareTo(SHORTEST_ASKED) >= 0)
                    .orElseGet(this::ownPause);
            Duration since = Duration.ofNanos(nanoTime() - firstFault);
            if (since.plus(pause).compareTo(patience) > 0) {
                throw BulkClientException.temporary(fault.sentence() + " " + reason(pause, since), Optional.of(pause));
            }
            listener.note(fault.sentence() + " It is tried again in " + seconds(pause) + ".");
            pause(pause);
        }

        private String reason(Duration pause, Duration since) {
            return pause.compareTo(patience) > 0
                    ? "The server asks to wait for " + seconds(pause) + ", longer than this command waits ("
                            + seconds(patience) + ")."
                    : "It has failed " + Plural.of(faults, "time") + " in " + seconds(since) + ".";
        }

        /** Clients that failed at the same time do not all come back at the same time. */
        private Duration ownPause() {
            long longest = Math.min(1000L << Math.min(faults - 1, 10), LONGEST_PAUSE.toMillis());
            return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
        }

        private static String seconds(Duration time) {
            long seconds = (time.toMillis() + 999) / 1000;
            return Plural.of(seconds, "second");
        }
    }
}
