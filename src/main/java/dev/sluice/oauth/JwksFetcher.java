package dev.sluice.oauth;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.CacheControl;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * Fetches the keys that a client publishes. Whoever may register a client can choose the URL, and whoever controls its
 * host can choose the answer: the connection goes to public addresses only, without a proxy and without redirects, and
 * the answer is bounded in size and in time.
 */
final class JwksFetcher {
    /** A hundred large keys. */
    private static final int LARGEST = 128 * 1024;

    /** From the first look-up of the name to the last byte. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    /** How long keys are used whose answer does not say how long they may be kept. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

    /** A key that a client withdraws is not used longer than this, whatever its answer has said. */
    private static final Duration LONGEST_LIFETIME = Duration.ofHours(1);

    private final OkHttpClient http;

    /**
     * @param everywhere whether connections may go to addresses that are not public
     * @param plain whether they may go to this machine, without TLS
     */
    JwksFetcher(boolean everywhere, boolean plain) {
        this.http = new OkHttpClient.Builder()
                .socketFactory(new PublicSockets(address -> everywhere || (plain && address.isLoopbackAddress())))
                .proxy(Proxy.NO_PROXY)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionSpecs(
                        plain
                                ? List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT)
                                : List.of(ConnectionSpec.MODERN_TLS))
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .callTimeout(LONGEST)
                .build();
    }

    /**
     * Keys that were fetched.
     *
     * @param keys the keys
     * @param lifetime how long they may be used before they are fetched again
     */
    record Fetched(JWKSet keys, Duration lifetime) {}

    /** @throws IOException with a reason for the operator, if there is no answer or it cannot be used */
    Fetched fetch(URI url) throws IOException {
        Request request = new Request.Builder()
                .url(url.toString())
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        try (Response response = http.newCall(request).execute()) {
            if (response.code() != 200) {
                throw new IOException("the answer has the status " + response.code()
                        + (response.isRedirect() ? "; redirects are not followed" : ""));
            }
            BufferedSource body = response.body().source();
            if (body.request(LARGEST + 1L)) {
                throw new IOException("the answer has more than " + LARGEST + " bytes");
            }
            JWKSet keys = JWKSet.parse(body.readString(StandardCharsets.UTF_8));
            return new Fetched(keys, lifetime(response));
        } catch (ParseException e) {
            throw new IOException("the answer is no JWKS: " + e.getMessage(), e);
        }
    }

    private static Duration lifetime(Response response) {
        CacheControl control = response.cacheControl();
        if (control.noStore() || control.noCache()) {
            return Duration.ZERO;
        }
        if (control.maxAgeSeconds() < 0) {
            return DEFAULT_LIFETIME;
        }
        Duration left = Duration.ofSeconds(control.maxAgeSeconds() - age(response.header("Age", "0")));
        return left.compareTo(LONGEST_LIFETIME) > 0 ? LONGEST_LIFETIME : left;
    }

    /** How old the answer was when a cache gave it. */
    private static long age(String header) {
        return header.matches("\\d{1,9}") ? Long.parseLong(header) : Integer.MAX_VALUE;
    }
}
