package dev.sluice.console;

import dev.sluice.security.Access;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Lists the files of an export, as its manifest has them, a part on each page, and gives them to the browser. */
@Controller
@Access(Access.Rule.EXPORT)
@RequestMapping("/console/jobs/export/{id}/files")
class FilesController {
    private final Api api;

    FilesController(Api api) {
        this.api = api;
    }

    @GetMapping
    String files(
            @PathVariable String id,
            @RequestParam(defaultValue = "1") int page,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model)
            throws IOException, ServletException {
        model.addAttribute("id", id);
        model.addAttribute(
                "files",
                FileList.of(
                        api.send(FileList.call(path(id) + "/files", page), request, response)
                                .orThrow()
                                .json(),
                        page));
        return "console/files";
    }

    /** A file, with the range that the browser asks for, or the way to it in the storage. */
    @GetMapping("/{name}")
    void file(
            @PathVariable String id,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, ServletException {
        ApiCall call = ApiCall.get(path(id) + "/files/" + name)
                .with(new LinkedMultiValueMap<>(Map.of("redirect", List.of("true"))));
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
