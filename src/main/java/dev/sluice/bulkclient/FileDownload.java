package dev.sluice.bulkclient;

import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.bulkclient.ReceivedManifest.FileItem;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Downloads one file of an export. A transfer that breaks off goes on where it ended, if the server can do that; content
 * that is not as the manifest states it is downloaded once more. For use by one thread.
 */
final class FileDownload {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

    /** What is no file of resources, whatever the status says. Some servers send NDJSON as text or as JSON. */
    private static final Set<String> PAGES = Set.of("text/html", "application/xhtml+xml");

    private final ServerSession server;
    private final RequestRetries retries;
    private final ManifestPage page;
    private final int position;
    private final PartialFile file;
    private boolean renewed;

    /** The most bytes that the file has had. A transfer that begins again brings nothing new before it is there. */
    private long reached;

    /** The token is sent although the manifest says that none is needed, because the server has asked for one. */
    private boolean tokenAsked;

    /** A place in a manifest. */
    record Place(ManifestPage page, int position) {}

    FileDownload(ServerSession server, RequestRetries retries, Place place, PartialFile file) {
        this.server = server;
        this.retries = retries;
        this.page = place.page();
        this.position = place.position();
        this.file = file;
    }

    /** Downloads the file unless it is there; throws if it cannot be had. */
    DownloadedFile get() {
        DownloadedFile known = complete();
        if (known != null) {
            retries.listener().present(Math.max(0, sentBytes(page.item(position))));
            retries.listener().completed();
            return known;
        }
        List<String> faults = List.of();
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                transfer();
            } catch (BulkClientException e) {
                if (e.kind() == Kind.NOT_FOUND) {
                    return result(0, 0, List.of("it does not exist on the server"));
                }
                throw e;
            }
            ContentCheck check = new ContentCheck(
                    page.item(position), !page.manifest().organizedBy().isEmpty());
            check.read(file);
            faults = check.faults();
            if (faults.isEmpty()) {
                file.publish(check.isDecompressed());
                retries.listener().completed();
                return result(check.lines(), check.bytes(), faults);
            }
            if (attempt == 0) {
                retries.listener()
                        .note("The file " + name() + " is not what the manifest states: " + String.join("; ", faults)
                                + ". It is downloaded again.");
                retries.listener().received(-length());
            }
            file.reject();
        }
        return result(0, 0, faults);
    }

    /** The size of a file as it is sent; negative if the manifest does not state it. */
    static long sentBytes(FileItem item) {
        Long bytes = item.storedBytes() == null ? item.bytes() : item.storedBytes();
        return bytes == null ? -1 : bytes;
    }

    private @Nullable DownloadedFile complete() {
        FileItem item = page.item(position);
        try {
            if (!Files.exists(file.file())) {
                return null;
            }
            long size = Files.size(file.file());
            Long stated = name().endsWith(".gz") ? item.storedBytes() : item.bytes();
            if (stated != null && stated != size) {
                return null;
            }
            file.tidy();
            return result(
                    item.count() == null ? 0 : item.count(), item.bytes() == null ? size : item.bytes(), List.of());
        } catch (IOException e) {
            throw ExportFolder.unwritable(file.file(), e);
        }
    }

    private DownloadedFile result(long lines, long bytes, List<String> faults) {
        return new DownloadedFile(page.item(position), name(), lines, bytes, faults);
    }

    private String name() {
        return String.valueOf(file.file().getFileName());
    }

    private long length() {
        try {
            return Files.exists(file.part()) ? Files.size(file.part()) : 0;
        } catch (IOException e) {
            throw ExportFolder.unwritable(file.part(), e);
        }
    }

    private void transfer() {
        RequestRetries.Series series = retries.new Series();
        String what = "The download of " + name();
        reached = file.length();
        retries.listener().present(reached);
        while (true) {
            try {
                if (receive(what, series)) {
                    return;
                }
            } catch (IOException e) {
                series.failed(RequestRetries.lost(what, e));
            } catch (BulkClientException e) {
                if (!accessRenewed(e)) {
                    series.failed(e);
                }
            }
        }
    }

    /** A signed URL lives for minutes, a large export is downloaded for hours: then the manifest gives a new one. */
    private boolean accessRenewed(BulkClientException e) {
        if (renewed || !(e.kind() == Kind.DENIED || e.kind() == Kind.NOT_FOUND)) {
            return false;
        }
        renewed = true;
        String refused = page.item(position).url();
        return retries.run("The request for the manifest", () -> page.renew(position, refused));
    }

    /** Sends one request; false if the next one must begin at the first byte. */
    private boolean receive(String what, RequestRetries.Series series) throws IOException {
        FileItem item = page.item(position);
        long have = file.length();
        Optional<String> identity = file.validator().filter(any -> have > 0);
        HttpRequest.Builder request = HttpRequest.newBuilder(page.resolve(item.url()))
                .header("Accept", "application/fhir+ndjson, application/x-ndjson;q=0.9, */*;q=0.5")
                .header("Accept-Encoding", "gzip");
        identity.ifPresent(
                validator -> request.header("Range", "bytes=" + have + "-").header("If-Range", validator));
        boolean withToken = tokenAsked || page.manifest().requiresAccessToken();
        try (ServerAnswer answer = server.send(request.build(), withToken)) {
            if (answer.status() == 416 && identity.isPresent()) {
                return atTheEnd(answer, have);
            }
            if (answer.status() == 401 && !withToken && server.trusts(answer.uri())) {
                tokenAsked = true;
                retries.listener()
                        .note(what + " needs a token, although the manifest says that none is required; it is sent.");
                return false;
            }
            if (answer.status() != 200 && !(answer.status() == 206 && identity.isPresent())) {
                throw ServerFault.of(answer, retries::now).exception(what);
            }
            requireResources(what, answer);
            return answer.status() == 200 ? fromTheBegin(answer, have, series) : goOn(answer, have, series);
        }
    }

    private boolean atTheEnd(ServerAnswer answer, long have) {
        boolean whole = answer.header("Content-Range")
                .filter(("bytes */" + have)::equals)
                .isPresent();
        if (!whole) {
            startOver(have);
        }
        return whole;
    }

    private boolean goOn(ServerAnswer answer, long have, RequestRetries.Series series) throws IOException {
        Matcher range = RANGE.matcher(answer.header("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != have) {
            startOver(have);
            return false;
        }
        try (FileChannel channel = file.append()) {
            copy(answer, channel, series);
        }
        return true;
    }

    private boolean fromTheBegin(ServerAnswer answer, long have, RequestRetries.Series series) throws IOException {
        retries.listener().received(-have);
        try (FileChannel channel = file.begin(validator(answer))) {
            copy(answer, channel, series);
        }
        return true;
    }

    private void startOver(long have) {
        retries.listener().received(-have);
        file.reject();
    }

    private void copy(ServerAnswer answer, FileChannel channel, RequestRetries.Series series) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long most = mostBytes(page.item(position));
        long length = channel.size();
        for (int read = answer.body().read(buffer);
                read >= 0 && length <= most;
                read = answer.body().read(buffer)) {
            file.write(channel, buffer, read);
            file.requireSpace(length, read);
            length += read;
            retries.listener().received(read);
            advanced(length, series);
        }
    }

    private void advanced(long length, RequestRetries.Series series) {
        if (length > reached) {
            renewed = false;
            series.received(length - reached);
            reached = length;
        }
    }

    /** A body that is longer is not the file, and may have no end. Content that gzip cannot compress gets a little longer. */
    private static long mostBytes(FileItem item) {
        if (item.bytes() == null) {
            return Long.MAX_VALUE;
        }
        long stored = item.storedBytes() == null ? 0 : item.storedBytes();
        return Math.max(item.bytes() + (item.bytes() >> 10), stored) + BUFFER_BYTES;
    }

    /** Only a strong ETag, or a date, says that bytes are those of the same content. */
    private static Optional<String> validator(ServerAnswer answer) {
        return answer.header("ETag").filter(etag -> etag.startsWith("\"")).or(() -> answer.header("Last-Modified"));
    }

    private static void requireResources(String what, ServerAnswer answer) throws IOException {
        if (PAGES.contains(answer.mediaType())) {
            throw BulkClientException.failed(what + " gave " + ServerFault.page(answer.bytes(1 << 20))
                    + " in the place of NDJSON; check whether a proxy or a login answers for "
                    + answer.uri().getHost()
                    + ".");
        }
    }
}
