package dev.sluice.feed;

import dev.sluice.export.ExportService.Started;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Serves the feeds as JSON: lists, defines, enables, runs and deletes them. */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping("/fhir" + FeedController.PATH)
class FeedController {
    /** The path of the feeds below the base URL. */
    static final String PATH = "/_feeds";

    private static final int MAX_BYTES = 1 << 18;

    private final Feeds feeds;
    private final FeedChanges changes;
    private final BaseUrl base;

    FeedController(Feeds feeds, FeedChanges changes, BaseUrl base) {
        this.feeds = feeds;
        this.changes = changes;
        this.base = base;
    }

    @GetMapping
    ObjectNode list(HttpServletRequest request) {
        ObjectNode list = FhirJson.MAPPER.createObjectNode();
        ArrayNode array = list.putArray("feeds");
        feeds.list(Caller.of(request)).forEach(feed -> array.add(json(feed, request)));
        return list;
    }

    @GetMapping("/{name}")
    ObjectNode feed(@PathVariable String name, HttpServletRequest request) {
        return json(feeds.find(name, Caller.of(request)), request);
    }

    /** Defines a feed, or changes one; {@code If-None-Match: *} only defines one, and refuses to change another. */
    @PutMapping("/{name}")
    ResponseEntity<ObjectNode> put(
            @PathVariable String name,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, defaultValue = "") String ifNoneMatch,
            HttpServletRequest request)
            throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw FhirException.of(413, "too-long", "The definition is larger than " + MAX_BYTES + " bytes.");
        }
        boolean isNew = ifNoneMatch.strip().equals("*");
        boolean created = changes.put(name, isNew, FeedDefinition.parse(body), base.of(request), request);
        return ResponseEntity.status(created ? HttpStatus.CREATED : HttpStatus.OK)
                .location(URI.create(url(name, base.of(request))))
                .body(feed(name, request));
    }

    @DeleteMapping("/{name}")
    ResponseEntity<Void> delete(@PathVariable String name, HttpServletRequest request) {
        changes.delete(name, request);
        return ResponseEntity.noContent().build();
    }

    @PostMapping("/{name}/$enable")
    ObjectNode enable(@PathVariable String name, HttpServletRequest request) {
        changes.enable(name, true, request);
        return feed(name, request);
    }

    @PostMapping("/{name}/$disable")
    ObjectNode disable(@PathVariable String name, HttpServletRequest request) {
        changes.enable(name, false, request);
        return feed(name, request);
    }

    /** Starts a run, and answers with the URL of the status of its export. */
    @PostMapping("/{name}/$run")
    ResponseEntity<ObjectNode> run(
            @PathVariable String name,
            @RequestParam(defaultValue = "false") boolean snapshot,
            HttpServletRequest request)
            throws IOException {
        Started started = changes.run(name, snapshot, request);
        return ResponseEntity.accepted()
                .header(HttpHeaders.CONTENT_LOCATION, base.of(request) + "/_operations/export/" + started.job())
                .body(feed(name, request));
    }

    /**
     * Lists the runs of a feed, the latest first.
     *
     * @param before the id of a run; only earlier runs are listed
     */
    @GetMapping("/{name}/runs")
    ObjectNode runs(
            @PathVariable String name,
            @RequestParam(defaultValue = "9223372036854775807") long before,
            @RequestParam(defaultValue = "100") int count,
            HttpServletRequest request) {
        ObjectNode list = FhirJson.MAPPER.createObjectNode();
        ArrayNode array = list.putArray("runs");
        feeds.runs(feeds.find(name, Caller.of(request)), before, count).forEach(run -> array.add(json(run)));
        return list;
    }

    static String url(String name, String base) {
        return base + PATH + "/" + name;
    }

    private ObjectNode json(Feed feed, HttpServletRequest request) {
        ObjectNode json = FhirJson.MAPPER.createObjectNode().put("name", feed.name());
        json.setAll(feeds.shown(feed, Caller.of(request)).definition().json());
        json.put("owner", feed.owner());
        json.put("publish", url(feed.name(), base.of(request)) + "/$bulk-publish");
        put(json, "nextRun", feed.definition().enabled() ? feed.dueAt() : null);
        json.put("problem", feed.problem());
        List<FeedRun> last = feeds.runs(feed, Long.MAX_VALUE, 1);
        json.put("state", state(feed, last));
        if (!last.isEmpty()) {
            json.set("lastRun", json(last.get(0)));
        }
        return json;
    }

    private static String state(Feed feed, List<FeedRun> last) {
        if (!last.isEmpty() && last.get(0).status() == FeedRun.Status.RUNNING) {
            return "running";
        }
        if (!feed.definition().enabled()) {
            return "disabled";
        }
        return feed.problem() == null ? "waiting" : "failing";
    }

    private static ObjectNode json(FeedRun run) {
        ObjectNode json = FhirJson.MAPPER
                .createObjectNode()
                .put("id", run.id())
                .put("job", run.job() == null ? null : run.job().toString())
                .put("kind", run.kind().name().toLowerCase(Locale.ROOT))
                .put("chain", run.chain())
                .put("number", run.number())
                .put("status", run.status().name().toLowerCase(Locale.ROOT))
                .put("problem", run.problem());
        put(json, "since", run.since());
        put(json, "transactionTime", run.transactionTime());
        put(json, "started", run.started());
        put(json, "ended", run.ended());
        put(json, "erased", run.erased());
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable Instant time) {
        json.put(name, time == null ? null : FhirInstant.format(time));
    }
}
