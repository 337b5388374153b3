package dev.sluice.cli;

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
import java.util.Locale;
import java.util.Set;

/**
 * Downloads manifests and files by HTTP, with a bearer token where one is required.
 *
 * <p>The bearer token goes to the server of the manifest only, never over plain HTTP, except on this machine. A request with a
 * token follows no redirect, others follow five. The answer's head, and each part of its body, has to come within two
 * minutes; the whole body may take any time.
 */
final class HttpDownloader {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private final String manifest;
    private final String bearerToken;
    private final Duration longestSilence;
    private final HttpClient redirecting;
    private final HttpClient direct;

    /**
     * @param manifest the URL of the manifest; a path gets no bearer token
     * @param bearerToken may be empty: then none is sent
     */
    HttpDownloader(String manifest, String bearerToken) {
        this(manifest, bearerToken, TIMEOUT);
    }

    /** @param longestSilence how long the server may take for the next part of a body */
    HttpDownloader(String manifest, String bearerToken, Duration longestSilence) {
        this.manifest = manifest;
        this.bearerToken = bearerToken;
        this.longestSilence = longestSilence;
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        this.direct = client.build();
        this.redirecting = client.followRedirects(HttpClient.Redirect.NORMAL).build();
    }

    static boolean isUrl(String place) {
        return place.startsWith("http://") || place.startsWith("https://");
    }

    /**
     * The body of a successful answer.
     *
     * <p>What a status endpoint says of an export apart from the request for it, in {@code X-Export-Status}, counts as the
     * answer's own status.
     *
     * @throws NoSuchFileException if the server says that it does not exist
     * @throws AccessDeniedException if the server refuses access, or a signed URL has expired
     */
    InputStream open(String url, boolean withToken) throws IOException {
        URI uri = uri(url);
        boolean wanted = withToken && !bearerToken.isEmpty();
        boolean authorized = wanted && origin(uri).equals(origin(uri(manifest)));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Accept-Encoding", "gzip");
        if (authorized) {
            requireProtected(uri);
            request.header("Authorization", "Bearer " + bearerToken);
        }
        HttpResponse<InputStream> answer = send(authorized ? direct : redirecting, request.build());
        int status = status(answer);
        if (status == 200) {
            return new StallTimeoutInput(answer.body(), longestSilence);
        }
        answer.body().close();
        switch (status) {
            case 404, 410 -> throw new NoSuchFileException(url);
            case 401, 403 ->
                throw new AccessDeniedException(
                        url,
                        null,
                        "HTTP " + status
                                + (wanted && !authorized
                                        ? "; the bearer token goes to the server of the manifest only"
                                        : ""));
            case 202 -> throw new IOException("the export is not finished yet (HTTP 202)");
            default -> throw new IOException("the server answered with HTTP " + status);
        }
    }

    private static String origin(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    private static void requireProtected(URI uri) throws IOException {
        if (!uri.getScheme().equalsIgnoreCase("https")
                && !THIS_MACHINE.contains(uri.getHost().toLowerCase(Locale.ROOT))) {
            throw new IOException("the bearer token is not sent over http to another machine; use https");
        }
    }

    private static int status(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("X-Export-Status")
                .filter(text -> answer.statusCode() == 200 && text.matches("\\d{3}\\b.*"))
                .map(text -> Integer.parseInt(text.substring(0, 3)))
                .orElse(answer.statusCode());
    }

    private static URI uri(String url) throws IOException {
        try {
            URI uri = URI.create(url);
            if (isUrl(url) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // The sentence below says it.
        }
        throw new IOException("'" + url + "' is not a URL of http or https");
    }

    private static HttpResponse<InputStream> send(HttpClient client, HttpRequest request) throws IOException {
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
