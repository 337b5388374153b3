package dev.sluice.console;

import dev.sluice.monitor.JobDescription;
import dev.sluice.monitor.JobSearch;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The form that starts an export. It shows the same request for a program, and how large the export would be. */
@Controller
@Access(Access.Rule.EXPORT)
class NewExportController {
    private static final String PAGE = "console/new-export";

    private final Api api;
    private final BaseUrl base;
    private final JobSearch jobs;

    NewExportController(Api api, BaseUrl base, JobSearch jobs) {
        this.api = api;
        this.base = base;
        this.jobs = jobs;
    }

    /** The form with all parameters of an earlier export of the caller. The URL has its id only, so no log has a value. */
    @GetMapping(path = "/console/exports/new", params = "copy")
    String copy(@RequestParam String copy, HttpServletRequest request, Model model) {
        JobDescription earlier = JobAccess.id(copy)
                .flatMap(id -> jobs.request("export", id, Caller.of(request).owner()))
                .orElseThrow(() -> JobAccess.unknown(copy));
        return page(ExportForm.of(earlier), List.of(), null, request, model);
    }

    /** The form, with the fields that the URL gives, as the link of a Group does. */
    @GetMapping("/console/exports/new")
    String form(HttpServletRequest request, Model model) {
        MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
        request.getParameterMap().forEach((name, values) -> fields.put(name, List.of(values)));
        return page(new ExportForm(fields), List.of(), null, request, model);
    }

    /** The form again, with the command for a program. */
    @PostMapping("/console/exports/command")
    String command(HttpServletRequest request, Model model) throws IOException {
        return page(new ExportForm(Form.of(request)), List.of(), null, request, model);
    }

    @PostMapping("/console/exports/estimate")
    String estimate(HttpServletRequest request, HttpServletResponse response, Model model)
            throws IOException, ServletException {
        ExportForm form = new ExportForm(Form.of(request));
        ApiAnswer answer = api.send(form.estimate(), request, response);
        if (answer.isError()) {
            response.setStatus(400); // the script shows no form that comes with another status of an error
            return page(form, answer.sentences(), null, request, model);
        }
        return page(form, List.of(), Estimate.of(answer.json()), request, model);
    }

    @PostMapping("/console/exports")
    String start(HttpServletRequest request, HttpServletResponse response, Model model)
            throws IOException, ServletException {
        ExportForm form = new ExportForm(Form.of(request));
        ApiAnswer answer = api.send(form.kickOff(), request, response);
        if (answer.isError()) {
            response.setStatus(answer.status());
            return page(form, answer.sentences(), null, request, model);
        }
        String location = answer.header("content-location").orElse("");
        return "redirect:/console/jobs/export/" + StringUtils.substringAfterLast(location, "/");
    }

    private String page(
            ExportForm form,
            List<String> faults,
            @Nullable Estimate estimate,
            HttpServletRequest request,
            Model model) {
        model.addAttribute("form", form);
        model.addAttribute("faults", new Faults(faults));
        model.addAttribute("estimate", estimate);
        model.addAttribute("curl", form.kickOff().curl(base.of(request)));
        return PAGE;
    }
}
