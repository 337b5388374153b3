package dev.sluice.feed;

import dev.sluice.export.ExportService;
import dev.sluice.fhir.FhirException;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves {@code $bulk-publish}: the manifests by which a client follows a feed. Whoever may export all that a feed holds may
 * follow it; to others it does not exist.
 *
 * @see <a href="https://build.fhir.org/ig/HL7/bulk-data/publish.html">Bulk Data IG, publish</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
class BulkPublishController {
    private static final String FEED = "/fhir" + FeedController.PATH + "/{name}";

    private static final Pattern QUERY = Pattern.compile("(\"url\":\"[^\"?]*)\\?[^\"]*");

    private final FeedRepository feeds;
    private final FeedRunRepository runs;
    private final ExportService exports;
    private final PublishedManifest manifests;
    private final BaseUrl base;

    BulkPublishController(
            FeedRepository feeds,
            FeedRunRepository runs,
            ExportService exports,
            PublishedManifest manifests,
            BaseUrl base) {
        this.feeds = feeds;
        this.runs = runs;
        this.exports = exports;
        this.manifests = manifests;
        this.base = base;
    }

    /** The feed of this server, if the caller may follow one only. */
    @GetMapping("/fhir/$bulk-publish")
    @Nullable
    ResponseEntity<ObjectNode> server(HttpServletRequest request, HttpServletResponse response) {
        List<Feed> readable = feeds.findAllByOrderByName().stream()
                .map(FeedEntity::feed)
                .filter(feed -> root(feed, Caller.of(request)).isPresent())
                .toList();
        if (readable.isEmpty()) {
            throw FhirException.notFound("No feed that you may follow has been published.");
        }
        if (readable.size() > 1) {
            throw FhirException.of(
                    400,
                    "multiple-matches",
                    "There are several feeds; ask for one of them: "
                            + String.join(
                                    ", ",
                                    readable.stream()
                                            .map(feed -> FeedController.url(feed.name(), base.of(request))
                                                    + "/$bulk-publish")
                                            .toList()));
        }
        return feed(readable.get(0).name(), request, response);
    }

    @GetMapping(FEED + "/$bulk-publish")
    @Nullable
    ResponseEntity<ObjectNode> feed(
            @PathVariable String name, HttpServletRequest request, HttpServletResponse response) {
        Feed feed = find(name);
        Caller caller = Caller.of(request);
        FeedRun root = root(feed, caller).orElseThrow(() -> unpublished(name));
        return send(manifests.snapshot(feed, root, base.of(request), caller), root.job(), request, response);
    }

    @GetMapping(FEED + "/links/{number:[0-9]{1,9}}")
    @Nullable
    ResponseEntity<ObjectNode> link(
            @PathVariable String name,
            @PathVariable int number,
            HttpServletRequest request,
            HttpServletResponse response) {
        Caller caller = Caller.of(request);
        Feed feed = readable(name, caller);
        FeedRun delta = link(feed, FeedRun.Kind.DELTA, number);
        UUID job = delta.erased() == null ? delta.job() : null;
        return send(manifests.delta(feed, delta, base.of(request), caller), job, request, response);
    }

    @GetMapping(FEED + "/links/{number:[0-9]{1,9}}/next")
    @Nullable
    ResponseEntity<ObjectNode> afterSnapshot(
            @PathVariable String name,
            @PathVariable int number,
            HttpServletRequest request,
            HttpServletResponse response) {
        Feed feed = readable(name, Caller.of(request));
        FeedRun snapshot = link(feed, FeedRun.Kind.SNAPSHOT, number);
        return send(manifests.afterSnapshot(feed, snapshot, base.of(request)), null, request, response);
    }

    private Feed find(String name) {
        return feeds.findById(name).map(FeedEntity::feed).orElseThrow(() -> unpublished(name));
    }

    private Feed readable(String name, Caller caller) {
        Feed feed = find(name);
        if (root(feed, caller).isEmpty()) {
            throw unpublished(name);
        }
        return feed;
    }

    /** The latest snapshot, if the caller may read it. */
    private Optional<FeedRun> root(Feed feed, Caller caller) {
        return runs.latestSnapshot(feed.name())
                .map(FeedRunEntity::run)
                .filter(run -> exports.exists(Objects.requireNonNull(run.job()), caller));
    }

    private FeedRun link(Feed feed, FeedRun.Kind kind, int number) {
        return runs.link(feed.name(), kind.name(), number)
                .map(FeedRunEntity::run)
                .orElseThrow(() -> FhirException.notFound("The feed '" + feed.name()
                        + "' has no such page any more, or not" + " yet. Begin again at $bulk-publish."));
    }

    private static FhirException unpublished(String name) {
        return FhirException.notFound("The feed '" + name + "' does not exist, or has not been published yet.");
    }

    /** Each answer has other signatures in the URLs of files, so the queries of URLs do not count. */
    static String etag(ObjectNode manifest) {
        String content = QUERY.matcher(manifest.toString()).replaceAll("$1");
        return "\"" + DigestUtils.sha256Hex(content.getBytes(StandardCharsets.UTF_8)) + "\"";
    }

    /** @param job whose files the manifest gives; null = it has none */
    private @Nullable ResponseEntity<ObjectNode> send(
            ObjectNode manifest, @Nullable UUID job, HttpServletRequest request, HttpServletResponse response) {
        String etag = etag(manifest);
        CacheControl revalidated = CacheControl.noCache().cachePrivate();
        response.setHeader("Cache-Control", revalidated.getHeaderValue());
        if (new ServletWebRequest(request, response).checkNotModified(etag)) {
            return null;
        }
        if (job != null) {
            exports.recordManifest(job, request, manifest);
        }
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(manifest);
    }
}
