package dev.sluice.console;

import dev.sluice.feed.Feed;
import dev.sluice.feed.FeedDefinition;
import dev.sluice.feed.Feeds;
import dev.sluice.fhir.FhirJson;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows the feeds of a caller and their runs, and defines, runs, disables and deletes them by forms. */
@Controller
@Access(Access.Rule.EXPORT)
@RequestMapping("/console/feeds")
class FeedPageController {
    private static final int RUNS_ON_A_PAGE = 20;
    private static final String PAGE = "console/feed";

    private final Api api;
    private final Feeds feeds;

    FeedPageController(Api api, Feeds feeds) {
        this.api = api;
        this.feeds = feeds;
    }

    @GetMapping
    String list(HttpServletRequest request, Model model) {
        Caller caller = Caller.of(request);
        model.addAttribute(
                "feeds",
                feeds.list(caller).stream()
                        .map(feed -> feeds.shown(feed, caller))
                        .toList());
        return "console/feeds";
    }

    /** The form for a new feed; the URL may give fields. */
    @GetMapping("/new")
    String form(HttpServletRequest request, Model model) {
        MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
        request.getParameterMap().forEach((name, values) -> fields.put(name, List.of(values)));
        return page(null, fields, List.of(), model);
    }

    @GetMapping("/{name}")
    String feed(@PathVariable String name, HttpServletRequest request, Model model) {
        Feed feed = feeds.shown(feeds.find(name, Caller.of(request)), Caller.of(request));
        FeedDefinition definition = feed.definition();
        MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
        fields.add("name", feed.name());
        fields.add("export", definition.export());
        fields.add("cron", definition.cron());
        fields.add("zone", definition.zone());
        fields.add("retention", definition.retentionText());
        fields.add("enabled", Boolean.toString(definition.enabled()));
        fields.add("lenient", Boolean.toString(definition.lenient()));
        fields.add("snapshotEvery", Integer.toString(definition.snapshotEvery()));
        return page(feed, fields, List.of(), model);
    }

    /** Defines a feed; what is wrong stands beside its field. */
    @PostMapping
    String define(HttpServletRequest request, HttpServletResponse response, Model model)
            throws IOException, ServletException {
        MultiValueMap<String, String> fields = Form.of(request);
        // The form of a feed that exists has its name beside; otherwise a feed of the same name is not replaced.
        String changed = fields.getFirst("feed");
        String name = changed == null ? fields.getFirst("name") : changed;
        if (name == null) {
            response.setStatus(400);
            return page(null, fields, List.of("name is missing: give the feed a name, such as lake."), model);
        }
        ObjectNode definition = FhirJson.MAPPER.createObjectNode();
        for (String property : List.of("export", "cron", "zone", "retention")) {
            if (fields.containsKey(property)) {
                definition.put(property, fields.getFirst(property));
            }
        }
        definition.put("enabled", !"false".equals(fields.getFirst("enabled")));
        definition.put("lenient", "true".equals(fields.getFirst("lenient")));
        String every = fields.getFirst("snapshotEvery");
        if (every != null) {
            definition.set("snapshotEvery", number(every));
        }
        ApiCall call = ApiCall.of("PUT", path(name)).json(definition.toString());
        ApiAnswer answer =
                api.send(changed == null ? call.header(HttpHeaders.IF_NONE_MATCH, "*") : call, request, response);
        if (answer.isError()) {
            response.setStatus(answer.status());
            Feed feed = changed == null ? null : feeds.find(changed, Caller.of(request));
            return page(feed, fields, answer.sentences(), model);
        }
        return "redirect:/console/feeds/" + encoded(name);
    }

    @PostMapping("/{name}/{verb:run|enable|disable}")
    String act(
            @PathVariable String name,
            @PathVariable String verb,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, ServletException {
        api.send(ApiCall.of("POST", path(name) + "/$" + verb), request, response)
                .orThrow();
        return "redirect:/console/feeds/" + encoded(name);
    }

    @PostMapping("/{name}/delete")
    String delete(@PathVariable String name, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        api.send(ApiCall.of("DELETE", path(name)), request, response).orThrow();
        return "redirect:/console/feeds";
    }

    private String page(@Nullable Feed feed, MultiValueMap<String, String> fields, List<String> faults, Model model) {
        model.addAttribute("feed", feed);
        model.addAttribute("heading", feed == null ? "New feed" : feed.name());
        model.addAttribute("runs", feed == null ? List.of() : feeds.runs(feed, Long.MAX_VALUE, RUNS_ON_A_PAGE));
        model.addAttribute("form", new ExportForm(fields));
        model.addAttribute("faults", new Faults(faults));
        return PAGE;
    }

    private static JsonNode number(String text) {
        return text.matches("\\d{1,9}")
                ? FhirJson.MAPPER.getNodeFactory().numberNode(Integer.parseInt(text))
                : FhirJson.MAPPER.getNodeFactory().stringNode(text);
    }

    private static String path(String name) {
        return "/_feeds/" + encoded(name);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }
}
