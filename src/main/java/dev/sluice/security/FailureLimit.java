package dev.sluice.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Limits the requests of an address that fail, within a minute, in this process. A request takes a permit before it is looked
 * at, and gives it back if it succeeds. Safe for use by any number of threads.
 */
public final class FailureLimit {
    private static final Duration WITHIN = Duration.ofMinutes(1);

    /** A bucket that nobody has used for this time is full again. */
    private static final Duration IDLE = WITHIN.multipliedBy(2);

    private static final int MOST_BUCKETS = 20_000;
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]*[:.][0-9A-Fa-f:.]*|\\[[0-9A-Fa-f:.]+]");
    private static final int IPV6_NETWORK_BYTES = 8;

    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_BUCKETS)
            .expireAfterAccess(IDLE)
            .build();
    private final int failures;

    /** @param failures of one address within a minute */
    public FailureLimit(int failures) {
        this.failures = failures;
    }

    /** Whether a request from this address may be looked at. */
    public boolean tryTake(String address) {
        return tryTake(address, "");
    }

    /** Whether a request from this address with this name may be looked at; each name has permits of its own. */
    public boolean tryTake(String address, String name) {
        return bucket(address, name).tryConsume(1);
    }

    /** Gives a permit back. */
    public void giveBack(String address) {
        giveBack(address, "");
    }

    /** Gives a permit of this name back. */
    public void giveBack(String address, String name) {
        bucket(address, name).addTokens(1);
    }

    private Bucket bucket(String address, String name) {
        return buckets.get(
                network(address) + " " + name,
                ignored -> Bucket.builder()
                        .addLimit(limit -> limit.capacity(failures).refillGreedy(failures, WITHIN))
                        .build());
    }

    /** A host with IPv6 has as many addresses as it likes, all in one network. */
    private static String network(String address) {
        if (!ADDRESS.matcher(address).matches()) { // a name would be looked up
            return "";
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return Arrays.toString(bytes.length == 4 ? bytes : Arrays.copyOf(bytes, IPV6_NETWORK_BYTES));
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
