package dev.sluice.deidservice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * A service that answers a POST. What it is sent identifies patients, so redirects are not followed, and nothing of a
 * request or an answer gets into a message. Safe for use by any number of threads.
 */
final class HttpService {
    /** From the connection to the last byte. A unit waits for it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Of a request and of an answer. The text of a note is shorter. */
    private static final int LARGEST = 1 << 20;

    /** The service says that it will never answer this request otherwise. */
    private static final Set<Integer> REFUSALS = Set.of(400, 413, 415, 422);

    private final OkHttpClient http;
    private final HttpUrl url;
    private final @Nullable String authorization;
    private final MediaType type;

    /**
     * Creates a client.
     *
     * @param url may have a user and a password, for Basic authentication
     * @param type of requests
     */
    HttpService(URI url, MediaType type) {
        this(url, type, TIMEOUT);
    }

    HttpService(URI url, MediaType type, Duration timeout) {
        this.http = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(timeout)
                .build();
        HttpUrl given = HttpUrl.get(url.toString());
        this.url = given.newBuilder().username("").password("").build();
        this.authorization = given.username().isEmpty()
                ? null
                : Credentials.basic(given.username(), given.password(), StandardCharsets.UTF_8);
        this.type = type;
    }

    /**
     * The answer to a request; null if the service refuses this one, or if one of them is too large.
     *
     * @throws UncheckedIOException if there is no answer
     */
    @Nullable
    String post(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LARGEST) {
            return null;
        }
        Request.Builder request = new Request.Builder().url(url).post(RequestBody.create(bytes, type));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try (Response response = http.newCall(request.build()).execute()) {
            if (REFUSALS.contains(response.code())) {
                return null;
            }
            if (response.code() != 200) {
                throw new IOException("it answers with the status " + response.code() + ": "
                        + url.newBuilder().query(null).build());
            }
            BufferedSource answer = response.body().source();
            return answer.request(LARGEST + 1L) ? null : text(answer.readByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("A service of de-identification cannot be used: " + e.getMessage(), e);
        }
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
