package dev.sluice.console;

import dev.sluice.monitor.JobDetails;
import dev.sluice.monitor.JobSearch;
import dev.sluice.monitor.JobSummary;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Shows all about a job but its files. A job of another client does not exist for who may not see all jobs. */
@Controller
@Access(Access.Rule.CHECKED_BY_HANDLER)
@RequestMapping("/console/jobs/{kind}/{id}")
class JobController {
    private static final int UNITS_ON_A_PAGE = 50;

    private final JobSearch search;
    private final Words words;

    JobController(JobSearch search, Words words) {
        this.search = search;
        this.words = words;
    }

    @GetMapping
    String job(
            @PathVariable String kind,
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int after,
            HttpServletRequest request,
            Model model) {
        Caller caller = Caller.of(request);
        JobDetails details = details(kind, id, caller);
        JobSummary job = details.summary();
        model.addAttribute("job", JobLine.of(job, words));
        model.addAttribute("summary", job);
        model.addAttribute("details", details);
        model.addAttribute("failure", JobFault.of(job.failure()));
        model.addAttribute("units", search.units(job.id(), Math.max(0, after), UNITS_ON_A_PAGE));
        model.addAttribute("after", after);
        model.addAttribute("may", JobActions.of(job, caller));
        model.addAttribute("rates", RateSeries.of(details.samples()));
        return "console/job";
    }

    /** The points of the chart. */
    @GetMapping(path = "/rates", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RateSeries> rates(@PathVariable String kind, @PathVariable String id, HttpServletRequest request) {
        return ResponseEntity.ok(
                RateSeries.of(details(kind, id, Caller.of(request)).samples()));
    }

    private JobDetails details(String kind, String id, Caller caller) {
        return JobAccess.id(id)
                .flatMap(known -> search.details(kind, known, JobAccess.reader(caller)))
                .orElseThrow(() -> JobAccess.unknown(id));
    }
}
