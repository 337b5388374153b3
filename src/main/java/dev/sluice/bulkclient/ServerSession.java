package dev.sluice.bulkclient;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests to one server, with a bearer token where one is wanted, and follows up to five redirects.
 *
 * <p>The token goes to the origin of the server, and to others only if the user has named them; over plain HTTP only on this
 * machine. A redirect to another origin loses it. After a 401, the request is sent once more if there is a new token. The
 * head of the answer, and each part of its body, has to come within two minutes; the whole body may take any time.
 *
 * <p>Safe for use by any number of threads.
 */
public final class ServerSession {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final int MOST_REDIRECTS = 5;
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private final URI base;
    private final TokenProvider tokens;
    private final Duration longestSilence;
    private final Set<String> origins = new HashSet<>();

    /** Without HTTP/2: parallel downloads then have a connection each. */
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /** @param base a URL of the server, such as its FHIR base */
    public ServerSession(String base, TokenProvider tokens) {
        this(base, tokens, Set.of(), TIMEOUT);
    }

    /** @param others URLs whose origins get the token too */
    public ServerSession(String base, TokenProvider tokens, Set<String> others) {
        this(base, tokens, others, TIMEOUT);
    }

    /**
     * @param others URLs whose origins get the token too
     * @param longestSilence how long the server may take to answer, or for the next part of a body
     */
    public ServerSession(String base, TokenProvider tokens, Set<String> others, Duration longestSilence) {
        this.base = parse(base);
        this.tokens = tokens;
        this.longestSilence = longestSilence;
        origins.add(origin(this.base));
        others.forEach(other -> origins.add(origin(parse(other))));
    }

    /** Whether a text is meant as a URL, and not as a path. */
    public static boolean isUrl(String place) {
        return place.startsWith("http://") || place.startsWith("https://");
    }

    /** Parses a URL of http or https; throws a sentence if it is none. */
    public static URI parse(String url) {
        try {
            URI uri = URI.create(url);
            if (isUrl(url) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // The sentence below says it.
        }
        throw BulkClientException.failed("'" + url + "' is not a URL of http or https.");
    }

    /** The URL that the session was made with. */
    public URI base() {
        return base;
    }

    /** The URL of a path below the base, such as {@code _operations}. */
    public URI below(String path) {
        return below(base, path);
    }

    static URI below(URI base, String path) {
        String text = base.toString();
        return parse((text.endsWith("/") ? text : text + "/") + path);
    }

    /**
     * Sends a request. Its body must be repeatable.
     *
     * @param withToken whether the server is to know the client
     * @return the answer, whatever its status is, for the caller to close
     * @throws IOException if there is no answer
     * @throws BulkClientException if there is no token, or it must not be sent
     */
    public ServerAnswer send(HttpRequest request, boolean withToken) throws IOException {
        HttpRequest current = request;
        boolean replaced = false;
        for (int redirects = 0; ; ) {
            Optional<String> token = withToken ? token(current.uri()) : Optional.empty();
            ServerAnswer answer = new ServerAnswer(
                    exchange(with(token, current)), longestSilence, token.isPresent(), withToken && isForeign(current));
            Optional<URI> target = redirects < MOST_REDIRECTS ? target(current, answer) : Optional.empty();
            if (target.isPresent()) {
                redirects++;
                current = redirected(current, target.get());
            } else if (answer.status() == 401
                    && !replaced
                    && token.filter(tokens::replace).isPresent()) {
                replaced = true;
            } else {
                return answer;
            }
            answer.close();
        }
    }

    /**
     * The body of a successful answer to a GET.
     *
     * <p>What a status endpoint says of an export apart from the request for it, in {@code X-Export-Status}, counts as the
     * answer's own status.
     *
     * @throws NoSuchFileException if the server says that it does not exist
     * @throws AccessDeniedException if the server refuses access, or a signed URL has expired
     */
    public InputStream open(String url, boolean withToken) throws IOException {
        ServerAnswer answer = get(url, withToken);
        if (answer.exportStatus() == 200) {
            return answer.body();
        }
        answer.close();
        switch (answer.exportStatus()) {
            case 404, 410 -> throw new NoSuchFileException(url);
            case 401, 403 ->
                throw new AccessDeniedException(
                        url,
                        null,
                        "HTTP " + answer.status()
                                + (answer.tokenWithheld()
                                        ? "; the bearer token goes to the server of the manifest only"
                                        : ""));
            case 202 -> throw new IOException("the export is not finished yet (HTTP 202)");
            default -> throw new IOException("the server answered with HTTP " + answer.status());
        }
    }

    private ServerAnswer get(String url, boolean withToken) throws IOException {
        try {
            return send(
                    HttpRequest.newBuilder(parse(url))
                            .header("Accept-Encoding", "gzip")
                            .build(),
                    withToken);
        } catch (BulkClientException e) {
            throw new IOException(e.sentence().replaceAll("\\.$", ""), e);
        }
    }

    /** Whether a URL gets the token. */
    boolean trusts(URI uri) {
        return origins.contains(origin(uri));
    }

    private Optional<String> token(URI uri) throws IOException {
        if (!trusts(uri)) {
            return Optional.empty();
        }
        Optional<String> token = tokens.token();
        if (token.isPresent()) {
            requireProtected(uri, "the bearer token");
        }
        return token;
    }

    /** Throws a sentence if a secret would be sent without encryption. */
    static void requireProtected(URI uri, String secret) {
        if (!uri.getScheme().equalsIgnoreCase("https")
                && !THIS_MACHINE.contains(uri.getHost().toLowerCase(Locale.ROOT))) {
            throw BulkClientException.failed(
                    uri + ": " + secret + " is not sent over http to another machine; use https.");
        }
    }

    private boolean isForeign(HttpRequest request) {
        return tokens != TokenProvider.NONE && !trusts(request.uri());
    }

    private HttpResponse<InputStream> exchange(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<InputStream>> answer = client.sendAsync(request, BodyHandlers.ofInputStream());
        Duration limit = request.timeout().orElse(longestSilence);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("the server did not answer within " + limit.toSeconds() + " seconds", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException fault ? fault : new IOException(cause);
        }
    }

    private static HttpRequest with(Optional<String> token, HttpRequest request) {
        return token.isEmpty()
                ? request
                : HttpRequest.newBuilder(request, (name, value) -> true)
                        .setHeader("Authorization", "Bearer " + token.get())
                        .build();
    }

    /** Where a redirect leads, if it may be followed: never from https to http, and with a body only if it says so. */
    private static Optional<URI> target(HttpRequest request, ServerAnswer answer) {
        boolean keepsMethod = answer.status() == 307 || answer.status() == 308;
        boolean plain = request.method().equals("GET") || request.method().equals("HEAD");
        if (!keepsMethod && !(plain && Set.of(301, 302, 303).contains(answer.status()))) {
            return Optional.empty();
        }
        return answer.header("Location").flatMap(location -> {
            try {
                URI target = request.uri().resolve(location);
                boolean weaker = request.uri().getScheme().equalsIgnoreCase("https")
                        && !"https".equalsIgnoreCase(target.getScheme());
                return isUrl(target.toString()) && target.getHost() != null && !weaker
                        ? Optional.of(target)
                        : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    private static HttpRequest redirected(HttpRequest request, URI target) {
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .uri(target)
                .build();
    }

    private static String origin(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }
}
