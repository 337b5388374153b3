package dev.sluice.bulkclient;

import dev.sluice.bulkclient.BulkClientException.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks for the status of an export, or for a page of its manifest. For use by one thread. */
final class StatusPoller {
    private static final String WHAT = "The request for the status";

    /** A server that asks for no pause, or for none of this length, has no reason. */
    private static final Duration SHORTEST = Duration.ofMillis(500);

    private static final Duration LONGEST_OWN = Duration.ofSeconds(30);

    private final ServerSession server;
    private final RequestRetries retries;
    private final boolean partial;
    private final ManifestLinks links = new ManifestLinks();
    private Duration ownPause = SHORTEST;

    /**
     * How far an export is.
     *
     * @param complete whether this is the last page
     * @param manifest the page; null = there is none yet
     * @param next the URL of the next page; null = there is none yet
     * @param pause before the same page is read again
     */
    record Status(
            boolean complete,
            @Nullable ObjectNode manifest,
            @Nullable URI next,
            Duration pause) {}

    /** @param partial whether the client has asked for pages while the export runs; others are no pages */
    StatusPoller(ServerSession server, RequestRetries retries, boolean partial) {
        this.server = server;
        this.retries = retries;
        this.partial = partial;
    }

    Status read(URI url) {
        Status status = retries.run(WHAT, () -> {
            try (ServerAnswer answer = server.send(ManifestPage.request(url), true)) {
                return switch (answer.exportStatus()) {
                    case 200 -> page(url, ManifestPage.json(answer), true, Duration.ZERO);
                    case 202 -> running(url, answer);
                    default -> throw ended(ServerFault.of(answer, retries::now));
                };
            }
        });
        if (status.next() != null) {
            links.follow(url.toString(), status.next().toString());
        }
        return status;
    }

    private Status running(URI url, ServerAnswer answer) throws IOException {
        retries.listener().waiting(answer.header("X-Progress").orElse(""));
        Duration pause = answer.retryAfter(retries::now).orElseGet(this::nextOwnPause);
        boolean hasPage = partial && answer.mediaType().endsWith("json");
        ObjectNode json = hasPage ? ManifestPage.json(answer) : null;
        Duration atLeast = pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause;
        return json == null || !json.has("output")
                ? new Status(false, null, null, atLeast)
                : page(url, json, false, atLeast);
    }

    private static Status page(URI url, ObjectNode manifest, boolean ended, Duration pause) {
        URI next = null;
        for (JsonNode link : manifest.path("link")) {
            if (link.path("relation").asString("").equals("next")) {
                next = ManifestPage.resolve(url, link.path("url").asString(""));
            }
        }
        return new Status(ended && next == null, manifest, next, pause);
    }

    private Duration nextOwnPause() {
        Duration pause = ownPause;
        Duration doubled = pause.multipliedBy(2);
        ownPause = doubled.compareTo(LONGEST_OWN) < 0 ? doubled : LONGEST_OWN;
        return pause;
    }

    private static BulkClientException ended(ServerFault fault) {
        BulkClientException e = fault.exception(WHAT);
        if (e.kind() == Kind.NOT_FOUND) {
            return new BulkClientException(
                    Kind.NOT_FOUND,
                    "The export does not exist on the server any more: it was deleted, or it has expired. "
                            + e.sentence());
        }
        return e.kind() == Kind.FAILED
                ? BulkClientException.failed("The export has failed on the server. " + e.sentence())
                : e;
    }
}
