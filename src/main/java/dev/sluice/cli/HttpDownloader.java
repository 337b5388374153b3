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

/**
 * Downloads manifests and files by HTTP, with a bearer token where one is required.
 *
 * <p>A request with a token follows no redirect, which could carry the token elsewhere. The answer's head has to come
 * within two minutes; the body may take any time.
 */
final class HttpDownloader {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final String token;
    private final HttpClient redirecting;
    private final HttpClient direct;

    /** The token may be empty: then none is sent. */
    HttpDownloader(String token) {
        this.token = token;
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
        boolean authorized = withToken && !token.isEmpty();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(url)).timeout(TIMEOUT).header("Accept-Encoding", "gzip");
        if (authorized) {
            // Azure Storage takes tokens since this version, and only if it is asked in it; others ignore the header.
            request.header("Authorization", "Bearer " + token).header("x-ms-version", "2020-10-02");
        }
        HttpResponse<InputStream> answer = send(authorized ? direct : redirecting, request.build());
        int status = status(answer);
        if (status == 200) {
            return answer.body();
        }
        answer.body().close();
        switch (status) {
            case 404, 410 -> throw new NoSuchFileException(url);
            case 401, 403 -> throw new AccessDeniedException(url, null, "HTTP " + status);
            case 202 -> throw new IOException("the export is not finished yet (HTTP 202)");
            default -> throw new IOException("the server answered with HTTP " + status);
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
