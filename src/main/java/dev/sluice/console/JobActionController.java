package dev.sluice.console;

import dev.sluice.monitor.JobReader;
import dev.sluice.monitor.JobSearch;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** Pauses, resumes and deletes jobs by forms. What cannot be taken back is asked for once more. */
@Controller
@Access(Access.Rule.CHECKED_BY_HANDLER)
@RequestMapping("/console/jobs/{kind:export|import}/{id}")
class JobActionController {
    private final Api api;
    private final JobSearch search;
    private final Words words;

    JobActionController(Api api, JobSearch search, Words words) {
        this.api = api;
        this.search = search;
        this.words = words;
    }

    @PostMapping("/{verb:pause|resume}")
    String act(
            @PathVariable String kind,
            @PathVariable String id,
            @PathVariable String verb,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, ServletException {
        api.send(ApiCall.of("POST", path(kind, id) + "/$" + verb), request, response)
                .orThrow();
        return "redirect:/console/jobs/" + kind + "/" + id;
    }

    /** Asks whether the job is to be cancelled, or deleted with its files if it has ended. */
    @GetMapping("/delete")
    String ask(@PathVariable String kind, @PathVariable String id, HttpServletRequest request, Model model) {
        Caller caller = Caller.of(request);
        model.addAttribute(
                "job",
                JobAccess.id(id)
                        .flatMap(known ->
                                search.summary(kind, known, new JobReader(caller.owner(), caller.changesAllJobs())))
                        .map(job -> JobLine.of(job, words))
                        .orElseThrow(() -> JobAccess.unknown(id)));
        return "console/delete-job";
    }

    @PostMapping("/delete")
    String delete(
            @PathVariable String kind,
            @PathVariable String id,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, ServletException {
        api.send(ApiCall.of("DELETE", path(kind, id)), request, response).orThrow();
        return "redirect:/console/jobs";
    }

    private static String path(String kind, String id) {
        return "/_operations/" + kind + "/" + id;
    }
}
