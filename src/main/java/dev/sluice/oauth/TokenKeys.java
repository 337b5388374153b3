package dev.sluice.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The keys that sign access tokens. All processes share them by the database. A key signs for a day; it is kept for as long
 * after that as its tokens live. Safe for use by any number of threads and processes.
 */
@Component
@InSmartMode
class TokenKeys {
    /** The algorithm that every recipient of such tokens knows (RFC 9068). Its verification costs the least. */
    static final JWSAlgorithm ALGORITHM = JWSAlgorithm.RS256;

    private static final Logger log = LoggerFactory.getLogger(TokenKeys.class);
    private static final Duration SIGNS = Duration.ofDays(1);
    private static final Duration KEPT = SIGNS.plus(AccessTokens.LIFETIME.multipliedBy(2));
    private static final int BITS = 2048;

    /** A key that an operator deletes signs and verifies no longer than this. */
    private static final Duration KNOWN = Duration.ofSeconds(2);

    /** Whoever invents ids of keys has them looked up once a second. */
    private static final Duration BETWEEN_LOOKUPS = Duration.ofSeconds(1);

    private final TokenKeyRepository rows;
    private final KeyCipher cipher;
    private final Clock clock;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock creating = new ReentrantLock();
    private final Set<String> unread = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(Map.of(), Instant.MIN, Instant.MIN));

    /**
     * What this process has read.
     *
     * @param keys by their ids, the newest first
     * @param newest when the newest of them was made
     * @param read when they were read
     */
    private record Known(Map<String, RSAKey> keys, Instant newest, Instant read) {
        Optional<RSAKey> signing(Instant now) {
            return newest.isAfter(now.minus(SIGNS)) ? keys.values().stream().findFirst() : Optional.empty();
        }
    }

    TokenKeys(TokenKeyRepository rows, KeyCipher cipher, Clock clock) {
        this.rows = rows;
        this.cipher = cipher;
        this.clock = clock;
    }

    /** The key to sign with. */
    RSAKey current() {
        return known(KNOWN).signing(clock.instant()).orElseGet(this::create);
    }

    /** The key of this id; empty if it does not exist, or not any more. Another process may have made it just now. */
    Optional<RSAKey> find(String id) {
        boolean isKnown = last().keys().containsKey(id);
        return Optional.ofNullable(
                known(isKnown ? KNOWN : BETWEEN_LOOKUPS).keys().get(id));
    }

    /** Two processes may do so at a time; then both keys verify, and the newer one signs. */
    private RSAKey create() {
        creating.lock();
        try {
            Optional<RSAKey> other = known(Duration.ZERO).signing(clock.instant());
            if (other.isPresent()) {
                return other.get();
            }
            RSAKey key = new RSAKeyGenerator(BITS)
                    .keyID(UUID.randomUUID().toString())
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(ALGORITHM)
                    .generate();
            rows.saveAndFlush(new TokenKeyEntity(key.getKeyID(), cipher.write(key)));
            rows.removeOlderThan(KEPT.toSeconds());
            log.info("A new key signs access tokens: {}.", key.getKeyID());
            known(Duration.ZERO);
            return key;
        } catch (JOSEException e) {
            throw new IllegalStateException("No key can be made for access tokens", e);
        } finally {
            creating.unlock();
        }
    }

    private Known last() {
        return Objects.requireNonNull(known.get());
    }

    /** What was read within this time. While one thread reads, the others go by what they know. */
    private Known known(Duration age) {
        Known before = last();
        if (before.read().isAfter(clock.instant().minus(age))) {
            return before;
        }
        if (before.keys().isEmpty() || age.isZero()) {
            reading.lock();
        } else if (!reading.tryLock()) {
            return before;
        }
        try {
            Known now = read(last().keys());
            known.set(now);
            return now;
        } finally {
            reading.unlock();
        }
    }

    /** Once, though the keys are read every other second. */
    private void warn(String key) {
        if (unread.add(key)) {
            log.warn(
                    "The key {} of access tokens is not used: sluice.security.token-key-secret is not that of the process"
                            + " which made it. All processes need the same.",
                    key);
        }
    }

    private Known read(Map<String, RSAKey> before) {
        Instant now = clock.instant();
        Map<String, RSAKey> keys = new LinkedHashMap<>();
        Instant newest = Instant.MIN;
        for (TokenKeyEntity row : rows.findAllByOrderByCreatedAtDesc()) {
            Optional<RSAKey> key = Optional.ofNullable(before.get(row.getId())).or(() -> cipher.read(row.jwk()));
            if (key.isEmpty()) {
                warn(row.getId());
            } else {
                keys.put(row.getId(), key.get());
                newest = newest.isBefore(row.createdAt()) ? row.createdAt() : newest;
            }
        }
        return new Known(Collections.unmodifiableMap(keys), newest, now);
    }
}
