package dev.sluice.console;

import dev.sluice.security.Access;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.JsonNode;

/** Imports files that a person drops on the page: NDJSON by {@code $import}, Bundles as they are. A script sends each. */
@Controller
@Access(Access.Rule.IMPORT)
class ImportPageController {
    /** As many errors as a person reads; the counts have all of them. */
    private static final int MOST_SHOWN = 100;

    private static final int FIRST_ERROR = 400;

    private final Api api;

    ImportPageController(Api api) {
        this.api = api;
    }

    @GetMapping("/console/imports/new")
    String page() {
        return "console/new-import";
    }

    /**
     * Imports the body of the request, and answers with a part of the page.
     *
     * @param name of the file
     */
    @PostMapping("/console/imports")
    String load(@RequestParam String name, HttpServletRequest request, HttpServletResponse response, Model model)
            throws IOException, ServletException {
        boolean bundle = name.endsWith(".json") || name.endsWith(".json.gz");
        ApiCall call = ApiCall.of("POST", bundle ? "" : "/$import")
                .header(HttpHeaders.CONTENT_TYPE, bundle ? "application/fhir+json" : "application/fhir+ndjson")
                .header("Prefer", "return=minimal");
        ApiAnswer answer = api.load(
                name.endsWith(".gz") ? call.header(HttpHeaders.CONTENT_ENCODING, "gzip") : call, request, response);
        List<String> errors = bundle ? errorsOfBundle(answer) : errorsOfLines(answer);
        model.addAttribute("name", name);
        model.addAttribute("counts", bundle ? entries(answer) : counts(answer));
        model.addAttribute("errors", errors.stream().limit(MOST_SHOWN).toList());
        model.addAttribute("more", Math.max(0, errors.size() - MOST_SHOWN));
        model.addAttribute("failed", answer.isError());
        return "console/imported";
    }

    private static Map<String, Long> counts(ApiAnswer answer) {
        Map<String, Long> counts = new LinkedHashMap<>();
        answer.json().path("parameter").valueStream().forEach(each -> {
            if (each.has("valueInteger") && each.path("valueInteger").asLong() > 0) {
                counts.put(
                        each.path("name").asString(), each.path("valueInteger").asLong());
            }
        });
        return counts;
    }

    private static Map<String, Long> entries(ApiAnswer answer) {
        long all = answer.json().path("entry").size();
        return all == 0 ? Map.of() : Map.of("entries", all);
    }

    private static List<String> errorsOfLines(ApiAnswer answer) {
        return answer.isError()
                ? answer.sentences()
                : answer.json()
                        .path("parameter")
                        .valueStream()
                        .flatMap(each -> each.path("resource").path("issue").valueStream())
                        .map(issue -> issue.path("diagnostics").asString(""))
                        .toList();
    }

    /** The entries of a batch fail one by one. */
    private static List<String> errorsOfBundle(ApiAnswer answer) {
        return answer.isError()
                ? answer.sentences()
                : answer.json()
                        .path("entry")
                        .valueStream()
                        .map(entry -> entry.path("response"))
                        .filter(ImportPageController::isRefused)
                        .map(refused -> refused.path("outcome")
                                .path("issue")
                                .path(0)
                                .path("diagnostics")
                                .asString(refused.path("status").asString("")))
                        .toList();
    }

    private static boolean isRefused(JsonNode response) {
        String status = response.path("status").asString("");
        return status.length() >= 3 && Character.digit(status.charAt(0), 10) * 100 >= FIRST_ERROR;
    }

    /** A call of the API with the body of the request for the page, which is read as it comes. */
    static final class LoadRequest extends ApiRequest {
        private final HttpServletRequest page;

        LoadRequest(HttpServletRequest page, ApiCall call) {
            super(page, call);
            this.page = page;
        }

        @Override
        public int getContentLength() {
            return page.getContentLength();
        }

        @Override
        public long getContentLengthLong() {
            return page.getContentLengthLong();
        }

        @Override
        public ServletInputStream getInputStream() {
            try {
                return page.getInputStream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
