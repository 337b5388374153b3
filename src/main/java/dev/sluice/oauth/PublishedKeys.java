package dev.sluice.oauth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that a client publishes at its URL. They are kept as long as the answer allows. For a key that is not among
 * them, they are fetched again at most once a minute. Safe for use by any number of threads; one at a time fetches.
 */
final class PublishedKeys {
    private static final Logger log = LoggerFactory.getLogger(PublishedKeys.class);
    private static final Duration BETWEEN_FETCHES_FOR_A_KEY = Duration.ofMinutes(1);

    /** After a failure. Many requests of a client must not each wait for a host that does not answer. */
    private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(10);

    /** So many requests wait for one that fetches. The threads of the server must not all wait for one client's host. */
    private static final int MOST_WAITING = 4;

    private final String client;
    private final URI url;
    private final JwksFetcher fetcher;
    private final Clock clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile State state = new State(new JWKSet(), Instant.MIN, Instant.MIN, Instant.MIN);

    /**
     * What is known.
     *
     * @param keys the keys of the last answer
     * @param answered when it came
     * @param expires until when it may be used
     * @param failed when a fetch failed for the last time
     */
    private record State(JWKSet keys, Instant answered, Instant expires, Instant failed) {
        boolean isUsable(Instant now) {
            return now.isBefore(expires);
        }

        /** Whether it may hold a key that is not in the last answer, or has no answer that may be used. */
        boolean mayFetch(Instant now) {
            return !failed.isAfter(now.minus(BETWEEN_FAILURES))
                    && (!isUsable(now) || !answered.isAfter(now.minus(BETWEEN_FETCHES_FOR_A_KEY)));
        }
    }

    PublishedKeys(String client, URI url, JwksFetcher fetcher, Clock clock) {
        this.client = client;
        this.url = url;
        this.fetcher = fetcher;
        this.clock = clock;
    }

    /** The key that a header names; empty if the client does not publish it, or its answer is not to be had. */
    Optional<JWK> find(JWSHeader header) {
        Instant asked = clock.instant();
        State known = state;
        Optional<JWK> found = known.isUsable(asked) ? KeySets.find(known.keys(), header) : Optional.empty();
        if (found.isPresent() || !known.mayFetch(asked) || fetching.getQueueLength() >= MOST_WAITING) {
            return found;
        }
        State next = stateSince(asked);
        boolean usable = next.isUsable(clock.instant()) || !next.answered().isBefore(asked);
        return usable ? KeySets.find(next.keys(), header) : Optional.empty();
    }

    /** What is known of an answer, or of a failure, after this time. */
    private State stateSince(Instant asked) {
        fetching.lock();
        try {
            State known = state;
            if (known.answered().isBefore(asked) && known.failed().isBefore(asked)) {
                state = fetched(known);
            }
            return state;
        } finally {
            fetching.unlock();
        }
    }

    private State fetched(State known) {
        try {
            JwksFetcher.Fetched answer = fetcher.fetch(url);
            Instant now = clock.instant();
            return new State(answer.keys(), now, now.plus(answer.lifetime()), known.failed());
        } catch (IOException e) {
            log.warn("The keys of the client {} cannot be fetched from {}: {}.", client, url, e.getMessage());
            return new State(known.keys(), known.answered(), known.expires(), clock.instant());
        }
    }
}
