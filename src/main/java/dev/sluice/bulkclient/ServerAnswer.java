package dev.sluice.bulkclient;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.GzipAwareInput;
import dev.sluice.json.GzipInput;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** The answer to a request, to be closed. The head has arrived, the body may be on its way. */
public final class ServerAnswer implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final InputStream body;
    private final boolean tokenSent;
    private final boolean tokenWithheld;

    ServerAnswer(
            HttpResponse<InputStream> response, Duration longestSilence, boolean tokenSent, boolean tokenWithheld) {
        this.response = response;
        this.body = new StallTimeoutInput(response.body(), longestSilence);
        this.tokenSent = tokenSent;
        this.tokenWithheld = tokenWithheld;
    }

    /** The URL that answered, which redirects may have led to. */
    public URI uri() {
        return response.uri();
    }

    public int status() {
        return response.statusCode();
    }

    /** The status, or that of the export if the server gives it apart, in {@code X-Export-Status}. */
    public int exportStatus() {
        return header("X-Export-Status")
                .filter(text -> status() == 200 && text.matches("\\d{3}\\b.*"))
                .map(text -> Integer.parseInt(text.substring(0, 3)))
                .orElse(status());
    }

    public Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }

    /** The body as it came, perhaps compressed. */
    public InputStream body() {
        return body;
    }

    /** Whether the request had a bearer token. */
    boolean tokenSent() {
        return tokenSent;
    }

    /** Whether a token was not sent because the URL is of another server. */
    boolean tokenWithheld() {
        return tokenWithheld;
    }

    /** The time of the server. */
    Optional<Instant> date() {
        return header("Date").flatMap(ServerAnswer::httpDate);
    }

    /**
     * How long the server wants the client to wait. A date counts from the time of the server, if the answer has it, so
     * that the clock of this machine has no effect.
     */
    Optional<Duration> retryAfter(Supplier<Instant> now) {
        return header("Retry-After").map(String::strip).flatMap(text -> {
            if (text.matches("\\d{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            return httpDate(text)
                    .map(time -> Duration.between(date().orElseGet(now), time))
                    .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
        });
    }

    /** The media type without parameters, in lower case; empty if there is none. */
    String mediaType() {
        return header("Content-Type")
                .map(type -> type.replaceAll(";.*", "").strip().toLowerCase(Locale.ROOT))
                .orElse("");
    }

    /** The whole body without compression, if it is not larger than the limit; then it is closed. */
    public byte[] bytes(int limit) throws IOException {
        try (GzipAwareInput in = new GzipAwareInput(body);
                InputStream content = in.isCompressed() ? new GzipInput(in) : in) {
            byte[] bytes = content.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw BulkClientException.failed(uri() + " is larger than " + limit + " bytes.");
            }
            return bytes;
        }
    }

    /** The JSON object in the body; throws a sentence that says what else came. */
    public ObjectNode json(int limit) throws IOException {
        byte[] bytes = bytes(limit);
        try {
            return FhirJson.parseObject(bytes);
        } catch (FhirException e) {
            throw BulkClientException.failed(uri() + " answered with "
                    + (ServerFault.isHtml(bytes) ? ServerFault.page(bytes) : "something that is not JSON")
                    + ", not with JSON; check the URL, and whether a proxy or a login answers in its place.");
        }
    }

    private static Optional<Instant> httpDate(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                    .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // What was needed of it has been read.
        }
    }
}
