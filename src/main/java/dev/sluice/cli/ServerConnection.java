package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.bulkclient.ServerAnswer;
import dev.sluice.bulkclient.ServerFault;
import dev.sluice.bulkclient.ServerSession;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends the requests of a command to a server. A fault that can pass is tried again, when the server wants it, for some
 * minutes. Everything else that is no success ends in a sentence. Safe for use by any number of threads.
 */
final class ServerConnection {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final int LARGEST_ANSWER = 64 << 20;

    private final ServerSession session;
    private final Clock clock;
    private final Duration patience;

    /** Whether the server has ever answered. A server that has not may have another URL. */
    private volatile boolean reached;

    /**
     * A successful answer.
     *
     * @param body empty if it was
     */
    record Answer(int status, Optional<String> contentLocation, ObjectNode body) {}

    ServerConnection(ServerSession session, Clock clock) {
        this(session, clock, PATIENCE);
    }

    /** @param patience how long a fault that can pass is tried again */
    ServerConnection(ServerSession session, Clock clock, Duration patience) {
        this.session = session;
        this.clock = clock;
        this.patience = patience;
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
     * @param repeatable whether it may arrive twice
     */
    Answer send(HttpRequest request, boolean repeatable) {
        long end = System.nanoTime() + patience.toNanos();
        for (Duration wait = FIRST_WAIT; ; wait = wait.multipliedBy(2)) {
            BulkClientException fault;
            boolean again = true;
            try {
                return once(request);
            } catch (BulkClientException e) {
                fault = e;
            } catch (IOException e) {
                fault = new BulkClientException(Kind.TEMPORARY, unreachable(e));
                again = reached && repeatable;
            }
            Duration asked = fault.retryAfter().orElse(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
            boolean late = System.nanoTime() + asked.toNanos() - end > 0;
            if (fault.kind() != Kind.TEMPORARY || !again || late) {
                throw fault;
            }
            sleep(asked);
        }
    }

    private String unreachable(IOException e) {
        return "The server " + session.base() + " cannot be reached: "
                + (e instanceof ConnectException ? "nothing listens there" : ExportLocator.reason(e)) + ".";
    }

    private Answer once(HttpRequest request) throws IOException {
        ServerAnswer answer = session.send(request, true);
        reached = true;
        if (answer.status() / 100 != 2) {
            throw ServerFault.of(answer, clock::instant).exception(request.method() + " " + request.uri());
        }
        try (answer) {
            boolean empty = answer.status() == 204
                    || answer.header("Content-Length").filter("0"::equals).isPresent();
            return new Answer(
                    answer.status(),
                    answer.header("Content-Location"),
                    empty ? FhirJson.MAPPER.createObjectNode() : answer.json(LARGEST_ANSWER));
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("The command was interrupted.");
        }
    }
}
