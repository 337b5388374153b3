package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A download by a client that goes on, by a range, where the one before broke off. */
final class Download {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int MOST = 20;

    private final URI url;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private String etag = "";
    private int breaks;

    Download(String url) {
        this.url = URI.create(url);
    }

    /** Asks until the server says that this was all. */
    void complete() throws InterruptedException {
        while (!part()) {
            breaks++;
            assertThat(breaks).as("breaks of " + url).isLessThan(MOST);
        }
    }

    byte[] bytes() {
        return received.toByteArray();
    }

    String sha256() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()));
    }

    /** How often it was seen to be broken. */
    int breaks() {
        return breaks;
    }

    private boolean part() throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (received.size() > 0) {
            request.header("Range", "bytes=" + received.size() + "-").header("If-Range", etag);
        }
        try {
            HttpResponse<InputStream> answer = HTTP.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() >= 400) {
                    return false;
                }
                assertThat(answer.statusCode()).isEqualTo(received.size() > 0 ? 206 : 200);
                etag = answer.headers().firstValue("ETag").orElseThrow();
                body.transferTo(received);
                return true;
            }
        } catch (IOException broken) {
            return false;
        }
    }
}
