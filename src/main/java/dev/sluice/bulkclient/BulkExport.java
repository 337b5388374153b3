package dev.sluice.bulkclient;

import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.bulkclient.ExportFolder.State;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An export from a server to a folder: kick-off, waiting, and the downloads. Whenever the process ends, another one goes on
 * with the same job.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html">Bulk Data IG, export</a>
 */
public final class BulkExport {
    private final ServerSession server;
    private final ExportFolder folder;
    private final RequestRetries retries;
    private final int parallel;

    /**
     * What an export has brought.
     *
     * @param state at the end
     * @param files that the manifest lists
     * @param before whether an earlier run has completed it; then the files are not known
     */
    public record Result(State state, List<DownloadedFile> files, boolean before) {
        /** The files that are not as the manifest states. */
        public List<DownloadedFile> faulty() {
            return files.stream().filter(file -> !file.faults().isEmpty()).toList();
        }
    }

    /** @param parallel how many files are downloaded at a time */
    public BulkExport(ServerSession server, ExportFolder folder, RequestRetries retries, int parallel) {
        this.server = server;
        this.folder = folder;
        this.retries = retries;
        this.parallel = parallel;
    }

    /**
     * Runs an export, or goes on with the one that the folder has, if it is the same.
     *
     * @param since of the request; null = everything. An export that has begun keeps its own
     */
    public Result run(BulkRequest request, @Nullable String since) {
        State state = folder.state().filter(known -> known.job() != null).orElseGet(() -> begun(request, since));
        if (!state.server().equals(server.base().toString()) || !state.request().equals(request.toString())) {
            throw BulkClientException.failed("The folder " + folder.path() + " has an export of " + state.server() + "/"
                    + state.request() + ", which is not the one that is wanted; name another folder.");
        }
        if (state.complete()) {
            return new Result(state, List.of(), true);
        }
        if (state.job() == null) {
            state = state.accepted(kickOff(state.since() == null ? request : request.since(state.since())));
            folder.record(state);
        } else {
            retries.listener().note("The export " + state.job() + " goes on.");
        }
        return download(state, ServerSession.parse(String.valueOf(state.job())), request.isPartial());
    }

    /** Cancels the export on the server, or deletes it there if it has ended; the folder can begin again then. */
    public void delete() {
        Optional<String> job = folder.state().map(State::job);
        if (job.isPresent()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(job.get())).DELETE().build();
            retries.run("The deletion of the export", () -> {
                try (ServerAnswer answer = server.send(request, true)) {
                    if (answer.status() >= 300 && answer.status() != 404 && answer.status() != 410) {
                        throw ServerFault.of(answer, retries::now).exception("The deletion of the export");
                    }
                    return answer.status();
                }
            });
        }
    }

    private State begun(BulkRequest request, @Nullable String since) {
        folder.clear();
        State state = new State(server.base().toString(), request.toString(), since, null, null, false);
        folder.record(state);
        return state;
    }

    /** A kick-off is sent again only if the server has surely begun no export by the last one. */
    private String kickOff(BulkRequest request) {
        HttpRequest message = request.to(server);
        String what = "The request for the export";
        return retries.run(what, () -> {
            try (ServerAnswer answer = send(message)) {
                if (answer.status() != 202) {
                    throw notAccepted(what, answer);
                }
                String job = answer.header("Content-Location")
                        .orElseThrow(() -> BulkClientException.failed(
                                "The server has accepted the export, but has not said where (Content-Location)."));
                String url = answer.uri().resolve(job).toString();
                ServerSession.parse(url);
                retries.listener().note("The export has begun: " + url);
                return url;
            }
        });
    }

    private ServerAnswer send(HttpRequest kickOff) throws IOException {
        try {
            return server.send(kickOff, true);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw BulkClientException.failed("The request for the export had no answer: " + e.getMessage()
                    + ". The server may have begun an export; if it can be run twice, run the command again.");
        }
    }

    private BulkClientException notAccepted(String what, ServerAnswer answer) throws IOException {
        if (answer.status() == 200) {
            return BulkClientException.failed(
                    "The server answered the request for the export with HTTP 200 and not with"
                            + " 202; it does not export in the way of the Bulk Data IG, or the URL is not that of its FHIR base.");
        }
        ServerFault fault = ServerFault.of(answer, retries::now);
        BulkClientException e = fault.exception(what);
        boolean surelyNothing = fault.status() == 429 || fault.status() == 503;
        return e.kind() == Kind.TEMPORARY && !surelyNothing ? new BulkClientException(Kind.FAILED, e.sentence()) : e;
    }

    private Result download(State state, URI job, boolean partial) {
        StatusPoller poller = new StatusPoller(server, retries, partial);
        try (Downloads downloads = new Downloads(server, folder, retries, parallel)) {
            URI url = job;
            StatusPoller.Status status = poller.read(url);
            while (!status.complete()) {
                downloads.add(url, status.manifest());
                if (status.next() == null) {
                    downloads.requireNoFault();
                    retries.pause(status.pause());
                } else {
                    url = status.next();
                }
                status = poller.read(url);
            }
            downloads.add(url, status.manifest());
            List<DownloadedFile> files = downloads.await();
            ObjectNode manifest = downloads.manifest(files);
            folder.writeManifest(manifest);
            State end = state.completed(manifest.path("transactionTime").asString(""));
            Result result = new Result(end, files, false);
            if (result.faulty().isEmpty()) {
                folder.record(end);
            }
            return result;
        }
    }
}
