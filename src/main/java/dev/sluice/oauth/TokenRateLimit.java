package dev.sluice.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Limits the token requests of an address that fail. Each verification costs time, and can lead to a fetch of keys. A
 * request takes a permit before it is looked at, and gives it back if it succeeds.
 */
@Component
@InSmartMode
class TokenRateLimit {
    /** Of one client from one address: a client that is not set up well repeats its request every few seconds. */
    private static final int FAILURES_OF_CLIENT = 30;

    /** Of one address, behind which there may be many clients. */
    private static final int FAILURES_OF_ADDRESS = 300;

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

    /** Whether a request from this address may be looked at. */
    boolean tryAddress(String address) {
        return ofAddress(address).tryConsume(1);
    }

    /**
     * Whether a request of this client from this address may be looked at. It is the same whether the client is registered
     * or not, so that nobody learns it here.
     */
    boolean tryClient(String client, String address) {
        return ofClient(client, address).tryConsume(1);
    }

    /** Gives both permits back. */
    void succeeded(String client, String address) {
        ofClient(client, address).addTokens(1);
        ofAddress(address).addTokens(1);
    }

    private Bucket ofAddress(String address) {
        return bucket(network(address), FAILURES_OF_ADDRESS);
    }

    private Bucket ofClient(String client, String address) {
        String id = ClientRegistration.isId(client) ? client : ""; // which nobody can register
        return bucket(network(address) + " " + id, FAILURES_OF_CLIENT);
    }

    private Bucket bucket(String key, int failures) {
        return buckets.get(
                key,
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
