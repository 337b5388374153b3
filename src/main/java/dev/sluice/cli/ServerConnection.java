package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.bulkclient.ExportListener;
import dev.sluice.bulkclient.RequestRetries;
import dev.sluice.bulkclient.ServerAnswer;
import dev.sluice.bulkclient.ServerFault;
import dev.sluice.bulkclient.ServerSession;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends the requests of a command to a server. A fault that can pass is tried again for some minutes. Everything else that
 * is no success ends in a sentence. Safe for use by any number of threads.
 */
final class ServerConnection {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LARGEST_ANSWER = 64 << 20;
    private static final int TOO_MANY_REQUESTS = 429;

    private final ServerSession session;
    private final Clock clock;
    private final RequestRetries retries;

    /** Whether the server has ever answered. A server that has not may have another URL. */
    private volatile boolean reached;

    /**
     * A successful answer.
     *
     * @param body empty if it was
     */
    record Answer(int status, Optional<String> contentLocation, ObjectNode body) {}

    /** @param notes is told of each fault that is tried again */
    ServerConnection(ServerSession session, Clock clock, ExportListener notes) {
        this.session = session;
        this.clock = clock;
        this.retries = new RequestRetries(PATIENCE, notes, clock);
    }

    URI base() {
        return session.base();
    }

    /** A request for a path below the base, with its query. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(session.below(path)).header("Accept", "application/fhir+json, application/json");
    }

    Answer get(String path) {
        return send(request(path).build(), true);
    }

    /**
     * Sends a request.
     *
     * @param repeatable whether it may arrive twice. If not, it is sent again only if the server has surely not done it
     */
    Answer send(HttpRequest request, boolean repeatable) {
        String what = request.method() + " " + request.uri();
        return retries.run(what, () -> {
            try (ServerAnswer answer = open(request, what, repeatable)) {
                reached = true;
                if (answer.status() / 100 != 2) {
                    throw refused(what, ServerFault.of(answer, clock::instant), repeatable);
                }
                return read(answer);
            }
        });
    }

    private ServerAnswer open(HttpRequest request, String what, boolean repeatable) throws IOException {
        try {
            return session.send(request, true);
        } catch (IOException e) {
            boolean notSent = e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
            if (!reached) {
                throw new CliException("The server " + session.base() + " cannot be reached: "
                        + (e instanceof ConnectException ? "nothing listens there" : ExportLocator.reason(e)) + ".");
            }
            if (repeatable || notSent) {
                throw e;
            }
            throw uncertain(what + " had no answer: " + ExportLocator.reason(e) + ".");
        }
    }

    /** A write that is answered with 5xx, by the server or by a proxy, may be done; only 429 says that it is not. */
    private static BulkClientException refused(String what, ServerFault fault, boolean repeatable) {
        BulkClientException e = fault.exception(what);
        boolean again = repeatable || e.kind() != Kind.TEMPORARY || fault.status() == TOO_MANY_REQUESTS;
        return again ? e : uncertain(e.sentence());
    }

    private static BulkClientException uncertain(String sentence) {
        return new BulkClientException(
                Kind.FAILED, sentence + " The server may have done it, so it is not sent again.");
    }

    private static Answer read(ServerAnswer answer) throws IOException {
        boolean empty = answer.status() == 204
                || answer.header("Content-Length").filter("0"::equals).isPresent();
        return new Answer(
                answer.status(),
                answer.header("Content-Location"),
                empty ? FhirJson.MAPPER.createObjectNode() : answer.json(LARGEST_ANSWER));
    }

    /** A parameter in the form that it has in the query of a URL; none if there is no value. */
    static List<String> parameter(String name, @Nullable String value) {
        return value == null || value.isEmpty() ? List.of() : List.of(encoded(name) + "=" + encoded(value));
    }

    /** The query of a URL with its question mark; empty without parameters. */
    static String query(List<String> parameters) {
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
