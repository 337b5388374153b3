package dev.sluice.console;

import dev.sluice.security.Access;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.JsonNode;

/** Lists the files of an export, as its manifest has them, and gives them to the browser. */
@Controller
@Access(Access.Rule.EXPORT)
@RequestMapping("/console/jobs/export/{id}/files")
class FilesController {
    /** The pages of a manifest that comes in parts. */
    private static final int MOST_PAGES = 1000;

    private final Api api;
    private final BaseUrl base;

    FilesController(Api api, BaseUrl base) {
        this.api = api;
        this.base = base;
    }

    @GetMapping
    String files(
            @PathVariable String id,
            @RequestParam(defaultValue = "1") int page,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model)
            throws IOException, ServletException {
        List<JsonNode> manifests = new ArrayList<>();
        ApiAnswer answer = api.send(ApiCall.get(path(id)), request, response).orThrow();
        manifests.add(answer.json());
        while (hasNext(answer) && manifests.size() < MOST_PAGES) {
            answer = api.send(ApiCall.get(path(id) + "/pages/" + (manifests.size() + 1)), request, response)
                    .orThrow();
            manifests.add(answer.json());
        }
        model.addAttribute("id", id);
        model.addAttribute("files", FileList.of(manifests, base.of(request) + path(id) + "/files/", page));
        return "console/files";
    }

    private static boolean hasNext(ApiAnswer manifest) {
        return manifest.json()
                .path("link")
                .valueStream()
                .anyMatch(link -> link.path("relation").asString("").equals("next"));
    }

    /** A file, with the range that the browser asks for. */
    @GetMapping("/{name}")
    void file(
            @PathVariable String id,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, ServletException {
        ApiCall call = ApiCall.get(path(id) + "/files/" + name);
        for (String header : new String[] {
            HttpHeaders.RANGE, HttpHeaders.IF_RANGE, HttpHeaders.IF_NONE_MATCH, HttpHeaders.ACCEPT_ENCODING
        }) {
            String value = request.getHeader(header);
            if (value != null) {
                call = call.header(header, value);
            }
        }
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment");
        api.pass(call, request, response);
    }

    private static String path(String id) {
        return "/_operations/export/" + id;
    }
}
